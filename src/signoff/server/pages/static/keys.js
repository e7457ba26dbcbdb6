// The keyboard: every key does what a click does. Single letters can be switched off in the help.
(() => {
  "use strict";
  const KEYS = [
    ["j / k", "next and previous item"], ["Enter", "open it"], ["x", "select it"],
    ["a / r", "go to Approve or Reject; Enter then decides"], ["Ctrl Enter", "send the answer"],
    ["/", "filter"], ["Ctrl K", "find anything by its name"], ["g then i", "go to the inbox; other letters to other pages"], ["?", "this help"], ["Esc", "leave a field, close"],
  ];
  const off = () => localStorage.getItem("signoff-keys") === "off";
  const items = () => [...document.querySelectorAll("[data-item]")];
  const row = (item) => item?.closest?.("li, tr");
  let going = 0;

  function step(by) {
    const all = items();
    if (!all.length) return;
    const at = all.findIndex((each) => row(each).contains(document.activeElement));
    const from = at >= 0 ? at : all.findIndex((each) => each.ariaCurrent === "true") - (by > 0 && at < 0 ? 1 : 0);
    const next = all[Math.min(Math.max((at >= 0 ? at : from) + by, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function pick() {
    const here = row(document.activeElement) ?? row(document.querySelector("[data-item][aria-current]"));
    here?.querySelector("[data-pick]")?.click();
  }
  // What `/find` lists, without leaving the page.
  function find() {
    if (document.querySelector("dialog[open]")) return;
    const dialog = document.createElement("dialog");
    dialog.className = "finding";
    dialog.setAttribute("aria-label", "Find");
    const form = document.createElement("form"), box = document.createElement("input");
    form.action = "/find";
    form.role = "search";
    box.type = "search";
    box.name = "q";
    box.autocomplete = "off";
    box.ariaLabel = box.placeholder = "A page, question, run, flow or deployment";
    form.append(box);
    const list = document.createElement("div"), said = document.createElement("p");
    said.role = "status";
    said.className = "unseen";
    dialog.append(form, said, list);
    const hits = () => [...list.querySelectorAll("a")];
    let timer, asked = 0, shown;
    async function ask() {
      const mine = ++asked, text = box.value;
      try {
        const answer = await (await fetch(`/find?${new URLSearchParams({ q: text })}`)).text();
        if (mine !== asked) return;
        const fresh = new DOMParser().parseFromString(answer, "text/html").querySelector("[data-found]");
        list.replaceChildren(...(fresh?.children ?? []));
        shown = text;
        said.textContent = `${hits().length} found`;
      } catch { said.textContent = "The server cannot be reached."; }
    }
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      clearTimeout(timer);
      if (shown !== box.value) await ask();
      hits()[0]?.click();
    });
    dialog.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const all = [box, ...hits()];
      all[Math.min(Math.max(all.indexOf(document.activeElement) + by, 0), all.length - 1)].focus();
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    box.focus();
    ask();
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
    if (event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) { event.preventDefault(); find(); return; }
    if (event.key === "Escape" && !at.closest?.("dialog") && at.matches?.("input, textarea, select")) { at.blur(); return; }
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
  document.querySelector("[data-find]").addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    find();
  });
  const foot = document.querySelector(".foot p");
  const button = document.createElement("button");
  button.className = "link";
  button.type = "button";
  button.textContent = "Keyboard";
  button.addEventListener("click", help);
  foot.append(" · ", button);
})();
