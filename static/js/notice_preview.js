// The words of a notice as its receiver sees them, while they are typed. Without this file the button 预览 shows the same.
(() => {
  "use strict";

  const root = document.querySelector("[data-notice-preview]");
  if (!root) {
    return;
  }
  const samples = new Map([...root.querySelectorAll("[data-word]")].map((row) => [row.dataset.word, row.dataset.sample]));

  const told = (text) => text.replace(/\{([^{}]*)\}/g, (whole, word) => samples.get(word.trim()) ?? whole);

  const show = (name) => {
    const field = root.querySelector(`[name=${name}]`);
    const target = root.querySelector(`[data-preview=${name}]`);
    target.replaceChildren();
    told(field.value).split("\n").forEach((line, number) => {
      if (number) {
        target.append(document.createElement("br"));
      }
      target.append(line);
    });
  };

  for (const name of ["title", "text"]) {
    root.querySelector(`[name=${name}]`).addEventListener("input", () => show(name));
  }
})();
