// The folded line of a quota on a phone says what is written in it.
(() => {
  "use strict";

  for (const row of document.querySelectorAll(".share-row")) {
    const field = (letter) => row.querySelector(`[name^="${letter}-"]`);
    const where = row.querySelector("[data-where]");
    const whence = row.querySelector("[data-whence]");
    const tell = () => {
      const subject = field("k");
      where.textContent = `${field("r").value.trim() || "受援学校待定"} ${subject.value || "不限学科"}`;
      const sender = field("s").value.trim();
      whence.textContent = sender ? `${sender}派出` : "还没写派出学校";
      row.classList.toggle("is-written", Boolean(sender));
    };
    row.addEventListener("input", tell);
    row.addEventListener("change", tell);
    tell();
  }
})();
