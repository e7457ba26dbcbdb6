// Comfort on the pages of runs: a log that follows and shows the line that the address names, a list
// that counts what is selected, and a bulk action that goes on by itself.
(() => {
  "use strict";
  let timer;
  const many = document.querySelector("[data-many]");
  if (many) {
    const picked = many.querySelector("select[name=of] option[value=picked]");
    const count = () => {
      const number = many.querySelectorAll("[data-pick]:checked").length;
      if (picked) picked.textContent = number ? `the ${number} selected` : "the selected runs";
    };
    many.addEventListener("change", count);
    document.addEventListener("signoff:fresh", count);
    count();
  }
  document.querySelector("[data-goes-on]")?.requestSubmit();
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
