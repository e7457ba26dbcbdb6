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
  const two = "2-digit";
  const formats = {
    day: new Intl.DateTimeFormat(undefined, { day: two, month: "short", hour: two, minute: two }),
    ms: new Intl.DateTimeFormat(undefined, { hour: two, minute: two, second: two, fractionalSecondDigits: 3, hour12: false }),
    plain: new Intl.DateTimeFormat(undefined, { hour: two, minute: two, second: two, hour12: false }),
  };
  function local(root) {
    for (const each of root.querySelectorAll("[data-clock]")) {
      const format = "day" in each.dataset ? formats.day : "ms" in each.dataset ? formats.ms : formats.plain;
      each.textContent = format.format(new Date(each.dataset.clock));
    }
  }
  function clocks() {
    local(document);
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
  const log = document.querySelector("ol.log");
  const line = location.hash.startsWith("#L") && document.getElementById(location.hash.slice(1));
  const MOST = 3000;
  let lines = "", tasks, asking = false;
  const follows = () => document.querySelector("[data-follow]:checked");
  const end = () => { log.scrollTop = log.scrollHeight; };
  if (line) { line.classList.add("here"); line.scrollIntoView({ block: "center" }); } else if (log && follows()) end();
  document.addEventListener("change", (event) => { if (event.target.matches("[data-follow]:checked")) end(); });
  log?.addEventListener("wheel", (event) => {
    const box = follows();
    if (box && event.deltaY < 0) box.checked = false;
  }, { passive: true });
  async function more() {
    if (asking) return;
    asking = true;
    try {
      for (let wanted = "x"; wanted;) {
        const query = new URLSearchParams(location.search);
        query.set("after", log.lastElementChild?.dataset.place ?? "0-00000000000000000000000000000000");
        const text = await (await fetch(`${log.dataset.log}?${query}`)).text();
        const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-more]");
        if (!fresh) return;
        local(fresh);
        wanted = fresh.dataset.more;
        log.append(...fresh.children);
        while (log.childElementCount > MOST) log.firstElementChild.remove();
        log.hidden = !log.childElementCount;
        document.querySelector("[data-no-lines]").hidden = !log.hidden;
        if (follows()) end();
      }
    } catch { /* The page says by itself that it is offline. */ } finally { asking = false; }
  }
  document.addEventListener("signoff:work", (event) => {
    const told = JSON.parse(event.detail);
    if (log?.dataset.log && told.log !== lines) { lines = told.log; more(); }
    if (tasks !== undefined && told.tasks !== tasks) timer ??= setTimeout(() => {
      timer = undefined;
      document.dispatchEvent(new Event("signoff:stale"));
    }, 1000);
    tasks = told.tasks;
  });
})();
