// How an item is scored is written in a way that depends on its kind: the example under the field follows what is chosen.
(() => {
  "use strict";

  document.addEventListener("change", (event) => {
    const kind = event.target.closest("select[name$='-kind']");
    if (!kind) {
      return;
    }
    const how = document.getElementById(kind.id.replace(/-kind$/, "-how"));
    const help = how && document.getElementById(`${how.id}_helptext`);
    if (help) {
      help.textContent = how.getAttribute(`data-how-${kind.value}`) || "先选计分方式";
    }
  });
})();
