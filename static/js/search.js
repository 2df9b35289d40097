// The search box above the menu: / goes to it, Esc or a press elsewhere closes what it offers. Works without this file.
(() => {
  "use strict";

  const box = document.querySelector("[data-find]");
  if (!box) {
    return;
  }
  const field = box.querySelector("input[type=search]");
  const offered = box.querySelector(".find-pop");
  const close = () => offered.replaceChildren();

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && field.offsetParent) {
      event.preventDefault();
      field.focus();
    } else if (event.key === "Escape" && box.contains(event.target)) {
      close();
      field.focus();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && box.contains(event.target)) {
      const stops = [field, ...offered.querySelectorAll("a")];
      const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target)) {
      close();
    }
  });
  field.addEventListener("input", () => {
    if (!field.value.trim()) {
      close();
    }
  });
})();
