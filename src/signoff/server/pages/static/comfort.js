// Comfort only: everything this does can be done without it. Times in the reader's zone, lists that
// grow without a new page, Ctrl+Enter, and a page that stays true while it is open.
(() => {
  "use strict";
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const say = (text) => { document.getElementById("said").textContent = text; };

  // Times -----------------------------------------------------------------------------------
  const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const exactly = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const span = (seconds) => {
    for (const [unit, size] of units) {
      if (seconds >= 2 * size) return `${Math.floor(seconds / size)} ${unit}s`;
    }
    return `${Math.floor(seconds)} seconds`;
  };
  function times(root = document) {
    for (const each of all("time[data-at]", root)) each.textContent = (each.dataset.at ? exactly : clock).format(new Date(each.dateTime));
    for (const each of all("time[data-ago]", root)) {
      const seconds = (Date.now() - new Date(each.dateTime)) / 1000;
      const long = Math.abs(seconds);
      each.textContent = long < 5 ? (seconds < 0 ? "in a moment" : "just now")
        : seconds < 0 ? `in ${span(long)}` : `${span(long)} ago`;
    }
  }
  function zones(root = document) {
    for (const zone of all("input[data-zone]", root)) {
      const at = zone.previousElementSibling;
      at.addEventListener("change", () => {
        if (zone.value !== "Z" || zone.dataset.typed) return;
        const minutes = -new Date(at.value || Date.now()).getTimezoneOffset();
        const pad = (n) => String(Math.floor(Math.abs(n))).padStart(2, "0");
        zone.value = `${minutes < 0 ? "-" : "+"}${pad(minutes / 60)}:${pad(minutes % 60)}`;
      });
      zone.addEventListener("input", () => { zone.dataset.typed = "1"; });
    }
  }

  // The section that is open is seen, however narrow the window is.
  const section = document.querySelector(".top nav [aria-current]");
  const beyond = section && section.getBoundingClientRect().right - section.parentNode.getBoundingClientRect().right;
  if (beyond > 0) section.parentNode.scrollLeft = beyond + 48;

  // Forms -----------------------------------------------------------------------------------
  const read = (text) => new DOMParser().parseFromString(text, "text/html");
  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("[data-decide]")) return;
    if (!/^(ask$|(add|remove|up|down) )/.test(button?.value ?? "") || button.name !== "do") {
      if (form.ariaBusy === "true") event.preventDefault();
      form.ariaBusy = "true";
      return;
    }
    event.preventDefault();
    const asks = button.value === "ask", sent = new FormData(form, button), before = typed(sent);
    let page;
    try {
      page = read(await (await fetch(form.action, { method: "POST", body: sent })).text());
    } catch { say("The server cannot be reached."); return; }
    const fresh = page.querySelector("[data-decide]");
    if (!fresh) { location.reload(); return; }
    if (asks) {
      // What was typed meanwhile is not lost: the newer form is asked about instead.
      const again = form.querySelector("[data-ask]");
      if (typed(new FormData(form, again)) !== before) { form.requestSubmit(again); return; }
      if (shape(fresh) === shape(form)) return;
    }
    const at = document.activeElement;
    const secrets = all("input[type=password]", form);
    form.replaceChildren(...fresh.childNodes);
    for (const old of secrets) {
      const now = form.querySelector(`[name="${CSS.escape(old.name)}"]`);
      if (now && old.value) now.value = old.value;
    }
    form.enctype = fresh.enctype;
    ready(form);
    if (asks) {
      all("input, select, textarea, button", form).find((each) => at.name && each.type !== "hidden"
        && each.name === at.name && (!/radio|checkbox|submit/.test(at.type) || each.value === at.value))?.focus();
      return;
    }
    const name = CSS.escape(fresh.dataset.focus ?? "");
    const next = name && form.querySelector(`[name="${name}"], [name^="${name}/"]:not([type=hidden])`);
    (next || form.querySelector(`button[value="${CSS.escape(button.value)}"]`) || form.querySelector("button.add"))?.focus();
  });
  const typed = (data) => JSON.stringify([...data].filter(([, value]) => typeof value === "string"));
  const shape = (form) => all("[name]:not([name=request])", form).map((each) => each.type + each.name).join();
  document.addEventListener("change", (event) => {
    const form = event.target.form, ask = form?.querySelector("[data-ask]");
    if (ask) form.requestSubmit(ask);
  });
  addEventListener("pageshow", () => all("[data-decide]").forEach((form) => { form.ariaBusy = null; }));
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.closest?.("[data-decide]") ?? document.querySelector("[data-decide]");
    const main = form?.querySelector("[data-main]");
    if (main) { event.preventDefault(); form.requestSubmit(main); }
  });

  // Live ------------------------------------------------------------------------------------
  const stream = document.body.dataset.stream;
  const badge = document.getElementById("offline");
  const OFTEN = 12000;
  let source, seen = Date.now(), timer, again, gone, polling, last = document.body.dataset.after;
  async function refresh() {
    clearTimeout(timer);
    timer = undefined;
    let page;
    try {
      // What is open stays open, whatever comes first by now.
      const here = document.querySelector("[data-here]")?.dataset.here ?? location.href;
      const answer = await fetch(here, { headers: { accept: "text/html" } });
      page = read(await answer.text());
    } catch { return; }
    seen = Date.now();
    if (polling) stale();
    for (const old of all("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${old.dataset.live}"]`);
      if (!fresh || (old.dataset.mark && old.dataset.mark === fresh.dataset.mark)) continue;
      const news = fresh.querySelector(".settled .lead")?.textContent;
      keep(old, fresh);
      if (news) say(news);
    }
    document.title = page.title;
    document.querySelector("link[rel=icon]").href = page.querySelector("link[rel=icon]").href;
    const nav = document.querySelector(".top nav"), now = page.querySelector(".top nav");
    if (nav.innerHTML !== now.innerHTML && !nav.contains(document.activeElement)) nav.replaceChildren(...now.childNodes);
    document.dispatchEvent(new Event("signoff:fresh"));
  }
  function keep(old, fresh) {
    const focus = old.contains(document.activeElement) ? document.activeElement.id : "";
    const open = all("details[open][id]", old).map((each) => each.id);
    const ticked = all("input[type=checkbox]:checked", old).map((each) => each.value);
    old.replaceChildren(...fresh.childNodes);
    old.dataset.mark = fresh.dataset.mark ?? "";
    if (fresh.dataset.here) old.dataset.here = fresh.dataset.here;
    for (const each of all("input[type=checkbox][data-pick]", old)) each.checked = ticked.includes(each.value);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focus) document.getElementById(focus)?.focus();
    ready(old);
  }
  const soon = () => { timer ??= setTimeout(refresh, 150); };
  document.addEventListener("signoff:stale", soon);
  function stale() {
    badge.textContent = `Offline, showing ${new Date(seen).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
    badge.hidden = false;
  }
  // Something between here and the server may hold back the stream alone: then it is asked now and then.
  const silent = () => {
    gone ??= setTimeout(() => {
      stale();
      polling ??= setInterval(() => { if (!document.hidden) refresh(); }, OFTEN);
    }, 1500);
  };
  function listen() {
    // From the event on that the page was made after: nothing is missed, and nothing asked for twice.
    source = new EventSource(`${stream}${stream.includes("?") ? "&" : "?"}after=${last}`);
    const mine = source;
    let opened = false;
    setTimeout(() => { if (mine.readyState === EventSource.CONNECTING) silent(); }, 5000);
    source.onopen = () => {
      clearTimeout(gone);
      clearInterval(polling);
      gone = polling = undefined;
      badge.hidden = true;
      if (opened || again) soon();
      opened = again = true;
    };
    source.onerror = () => {
      silent();
      if (source.readyState === EventSource.CLOSED) { source.close(); setTimeout(() => { if (!document.hidden) listen(); }, 3000); }
    };
    source.addEventListener("work", (event) => document.dispatchEvent(new CustomEvent("signoff:work", { detail: event.data })));
    for (const kind of ["open", "answer", "reopen", "withdraw", "expire", "complete", "fail", "stop", "crash", "cancel", "lost", "hold", "suspend", "leave", "force", "rerun", "enter", "create", "start", "claim", "late", "queue", "retry", "begin", "return"])
      source.addEventListener(kind, (event) => { last = event.lastEventId; soon(); });
  }
  document.addEventListener("visibilitychange", () => {
    if (!stream) return;
    if (document.hidden) { source?.close(); source = undefined; }
    else if (!source) { again = true; listen(); }
  });

  function ready(root = document) { times(root); zones(root); }
  ready();
  setInterval(times, 30000);
  if (stream) addEventListener("load", () => setTimeout(listen, 300));
})();
