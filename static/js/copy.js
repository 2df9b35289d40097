// Buttons that copy a text to the clipboard: data-copy names the element. Without this file the text can be selected by hand.
(() => {
  "use strict";

  const byHand = (source) => {
    const range = document.createRange();
    range.selectNodeContents(source);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy"); // the other way needs HTTPS, which an intranet may not have
  };

  document.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = false;
    const label = button.querySelector("span");
    const before = label.textContent;
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy);
      const box = source.closest("details");
      if (box) {
        box.open = true;
      }
      let isDone = false;
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
        isDone = true;
      } catch {
        isDone = byHand(source);
      }
      label.textContent = isDone ? "已复制，去群里粘贴" : "请长按文字复制";
      window.setTimeout(() => {
        label.textContent = before;
      }, 3000);
    });
  });
})();
