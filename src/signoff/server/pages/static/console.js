// Comfort on the pages of runs: a log that follows.
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
    const log = document.querySelector("ol.log");
    if (log && document.querySelector("[data-follow]:checked")) log.scrollTop = log.scrollHeight;
  });
})();
