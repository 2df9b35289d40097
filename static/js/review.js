// Reading the texts of a questionnaire by keyboard: a digit decides, B takes what is selected among the words to blacken.
(() => {
  "use strict";

  const form = document.querySelector("form[data-review]");
  if (!form) {
    return;
  }
  form.querySelectorAll("[data-with-script]").forEach((part) => {
    part.hidden = false;
  });
  const words = form.querySelector("[name=words]");
  const text = form.querySelector("[data-text]");
  let isSent = false;

  const takeSelection = () => {
    const chosen = window.getSelection();
    const said = chosen ? chosen.toString().trim() : "";
    if (!said || !text.contains(chosen.anchorNode) || !text.contains(chosen.focusNode)) {
      return;
    }
    words.value = `${words.value.trim()} ${said}`.trim();
    chosen.removeAllRanges();
  };

  form.addEventListener("submit", () => {
    isSent = true;
  });

  document.addEventListener("keydown", (event) => {
    if (isSent || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.matches("input[type=text], input:not([type]), textarea, select")) {
      return;
    }
    if (event.key === "b" || event.key === "B") {
      event.preventDefault();
      takeSelection();
      return;
    }
    const button = /^[0-9]$/.test(event.key) ? form.querySelector(`[data-key="${event.key}"]`) : null;
    if (button) {
      event.preventDefault();
      button.click();
    }
  });
})();
