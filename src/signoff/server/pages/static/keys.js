// The keyboard: every key does what a click does. Single letters can be switched off in the help.
(() => {
  "use strict";
  const KEYS = [
    ["j / k", "next and previous item"], ["Enter", "open it"], ["x", "select it"],
    ["a / r", "go to Approve or Reject; Enter then decides"], ["Ctrl Enter", "send the answer"],
    ["/", "filter"], ["g then i", "go to the inbox; other letters to other pages"], ["?", "this help"], ["Esc", "leave a field, close"],
  ];
  const off = () => localStorage.getItem("signoff-keys") === "off";
  const items = () => [...document.querySelectorAll("[data-item]")];
  let going = 0;

  function step(by) {
    const all = items();
    if (!all.length) return;
    const at = all.findIndex((each) => each.closest("li").contains(document.activeElement));
    const from = at >= 0 ? at : all.findIndex((each) => each.ariaCurrent === "true") - (by > 0 && at < 0 ? 1 : 0);
    const next = all[Math.min(Math.max((at >= 0 ? at : from) + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function pick() {
    const row = document.activeElement.closest?.("li") ?? document.querySelector("[data-item][aria-current]")?.closest("li");
    row?.querySelector("[data-pick]")?.click();
  }
  function help() {
    let dialog = document.getElementById("keys");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "keys";
      dialog.setAttribute("aria-labelledby", "keys-title");
      const title = document.createElement("h2");
      title.id = "keys-title";
      title.textContent = "Keyboard";
      const list = document.createElement("dl");
      for (const [key, what] of KEYS) {
        const dt = document.createElement("dt"), dd = document.createElement("dd");
        dt.textContent = key;
        dd.textContent = what;
        list.append(dt, dd);
      }
      const label = document.createElement("label"), box = document.createElement("input");
      label.className = "tick";
      box.type = "checkbox";
      box.checked = !off();
      box.addEventListener("change", () => localStorage.setItem("signoff-keys", box.checked ? "on" : "off"));
      label.append(box, " Keys of one letter");
      const form = document.createElement("form"), close = document.createElement("button");
      form.method = "dialog";
      close.textContent = "Close";
      form.append(close);
      dialog.append(title, list, label, form);
      document.body.append(dialog);
    }
    dialog.showModal();
  }

  addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Escape" && at.matches?.("input, textarea, select")) { at.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (at.matches?.("textarea, select, input:not([type=checkbox], [type=radio])") || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); help(); return; }
    if (off()) return;
    if (going && Date.now() - going < 1500) {
      going = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    const does = {
      j: () => step(1), k: () => step(-1), x: pick, g: () => { going = Date.now(); },
      "/": () => document.querySelector("[data-filter]")?.select(),
      a: () => document.querySelector("[data-key=a]")?.focus(), r: () => document.querySelector("[data-key=r]")?.focus(),
    }[event.key];
    if (does) { event.preventDefault(); does(); }
  });
  const foot = document.querySelector(".foot p");
  const button = document.createElement("button");
  button.className = "link";
  button.type = "button";
  button.textContent = "Keyboard";
  button.addEventListener("click", help);
  foot.append(" · ", button);
})();
