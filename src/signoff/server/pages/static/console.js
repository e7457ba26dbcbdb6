// Comfort on the pages of runs: a timeline that zooms and unfolds in place, a log that follows and
// shows the line that the address names, a list that counts what is selected, and a bulk action that
// goes on by itself.
(() => {
  "use strict";
  let timer;
  const many = document.querySelector("[data-many]");
  if (many) {
    const picked = many.querySelector("select[name=of] option[value=picked]");
    const count = () => {
      const all = many.querySelectorAll("[data-pick]");
      const number = many.querySelectorAll("[data-pick]:checked").length;
      if (picked) picked.textContent = number ? `the ${number} selected` : "the selected runs";
      const label = many.querySelector("[data-all]"), box = label?.querySelector("input");
      if (!box) return;
      label.hidden = false;
      box.checked = number > 0 && number === all.length;
      box.indeterminate = number > 0 && number < all.length;
    };
    many.addEventListener("change", (event) => {
      if (event.target.closest("[data-all]"))
        for (const each of many.querySelectorAll("[data-pick]")) each.checked = event.target.checked;
      count();
    });
    document.addEventListener("signoff:fresh", count);
    count();
  }
  document.querySelector("[data-goes-on]")?.requestSubmit();

  // The timeline ----------------------------------------------------------------------------
  let centre = 0;
  function clocks() {
    for (const each of document.querySelectorAll("[data-clock]")) {
      const options = "day" in each.dataset ? { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" }
        : { hour: "2-digit", minute: "2-digit", second: "2-digit" };
      each.textContent = new Intl.DateTimeFormat(undefined, options).format(new Date(each.dataset.clock));
    }
    for (const each of document.querySelectorAll("[data-utc]")) each.hidden = true;
    const chart = document.querySelector("[data-chart]");
    if (chart && centre) chart.scrollLeft = centre * chart.scrollWidth - chart.clientWidth / 2;
  }
  clocks();
  document.addEventListener("signoff:fresh", clocks);
  document.addEventListener("scroll", (event) => {
    const chart = event.target;
    if (chart.matches?.("[data-chart]")) centre = (chart.scrollLeft + chart.clientWidth / 2) / chart.scrollWidth;
  }, true);
  const go = (link) => {
    history.replaceState(null, "", link.href.baseVal ?? link.href);
    document.dispatchEvent(new Event("signoff:stale"));
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-zoom], [data-fold]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !document.body.dataset.stream) return;
    event.preventDefault();
    go(link);
  });
  document.addEventListener("keydown", (event) => {
    const by = { "+": 1, "=": 1, "-": -1, 0: -9 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || !event.target.closest?.("[data-chart]")) return;
    const links = [...document.querySelectorAll("[data-zoom]")];
    const at = links.findIndex((each) => each.ariaCurrent === "true");
    const link = links[Math.min(Math.max(at + by, 0), links.length - 1)];
    event.preventDefault();
    if (link !== links[at]) go(link);
  });
  for (const [kind, lit] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]])
    document.addEventListener(kind, (event) => {
      const row = event.target.closest?.("[data-row]")?.dataset.row;
      if (row === undefined) return;
      for (const arrow of document.querySelectorAll(`.arrow[data-from="${row}"], .arrow[data-to="${row}"]`)) arrow.classList.toggle("lit", lit);
    });

  // The log ---------------------------------------------------------------------------------
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-follow]")) return;
    clearInterval(timer);
    if (!event.target.checked) return;
    const look = () => { if (!document.hidden) document.dispatchEvent(new Event("signoff:stale")); };
    timer = setInterval(look, 2000);
    look();
  });
  document.addEventListener("signoff:fresh", () => {
    // What was put in anew is no target of the address any more.
    const line = location.hash.startsWith("#L") && document.getElementById(location.hash.slice(1));
    if (line) line.classList.add("here");
    const log = document.querySelector("ol.log");
    if (log && document.querySelector("[data-follow]:checked")) log.scrollTop = log.scrollHeight;
  });
})();
