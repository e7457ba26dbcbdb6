// Comfort on the pages of runs: a log that follows, and shows the line that the address names.
(() => {
  "use strict";
  let timer;
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
