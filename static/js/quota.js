// The 优秀 of each group, counted as they are chosen. The server counts again when it is sent.
(() => {
  "use strict";

  const groups = [...document.querySelectorAll("[data-quota]")];
  const selects = [...document.querySelectorAll("select[data-group]")];
  const isExcellent = (select) => select.value === "excellent";
  const at = new Map();
  groups.forEach((group) => {
    const own = selects.filter((select) => select.dataset.group === group.dataset.quota);
    const chosen = group.querySelector("[data-chosen]");
    at.set(group.dataset.quota, { group, own, chosen, others: Number(chosen.textContent) - own.filter(isExcellent).length });
  });
  const count = (select) => {
    const known = at.get(select.dataset.group);
    if (!known) {
      return;
    }
    const number = known.others + known.own.filter(isExcellent).length;
    known.chosen.textContent = number;
    const allowed = known.group.dataset.allowed;
    known.group.classList.toggle("is-over", allowed !== undefined && number > Number(allowed));
  };
  selects.forEach((select) => select.addEventListener("change", () => count(select)));
})();
