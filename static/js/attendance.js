// The grid of a month: a click sets the chosen mark, keys set any. What counts stands in one field for each teacher;
// without this file the same form adds exceptions line by line.
(() => {
  "use strict";

  const form = document.getElementById("attendance");
  const grid = form && form.querySelector("[data-grid]");
  if (!grid) {
    return;
  }
  document.documentElement.classList.add("has-grid");

  const brushes = [...form.querySelectorAll("input[name=mark]")];
  const marks = new Map(brushes.map((brush) => [brush.value, brush.dataset]));
  const away = new Set(["personal", "sick", "official", "maternity", "other", "absent"]);
  const rows = [...grid.querySelectorAll("tr[data-open]")];
  const fieldOf = (row) => form.elements[`m-${row.dataset.who}`];
  const cellsOf = (row) => [...row.querySelectorAll("td[data-day]")];
  const written = new Map(rows.map((row) => [row, fieldOf(row).value]));
  const status = document.getElementById("att-told");

  const read = (row) => {
    const found = new Map();
    for (const part of fieldOf(row).value.split(" ").filter(Boolean)) {
      const [day, mark] = part.split(":");
      if (marks.has(mark)) {
        found.set(day, mark);
      }
    }
    return found;
  };

  // 3日、4日病假，12日迟到: as the server tells it, near enough.
  const told = (found) => {
    const byMark = new Map();
    for (const [day, mark] of [...found].sort((a, b) => a[0] - b[0])) {
      byMark.set(mark, [...(byMark.get(mark) || []), `${day}日`]);
    }
    return [...byMark].map(([mark, days]) => `${days.join("、")}${marks.get(mark).label}`).join("，") || "全勤";
  };

  const draw = (row) => {
    const found = read(row);
    let off = 0;
    let gone = 0;
    for (const cell of cellsOf(row)) {
      const mark = found.get(cell.dataset.day) || "";
      off += mark === "off" ? 1 : 0;
      gone += away.has(mark) ? 1 : 0;
      if (mark) {
        cell.dataset.mark = mark;
      } else {
        delete cell.dataset.mark;
      }
      cell.textContent = mark ? marks.get(mark).sign : "";
      cell.setAttribute("aria-label", `${row.dataset.name} ${cell.dataset.day}日 ${mark ? marks.get(mark).label : "出勤"}`);
    }
    const isTouched = fieldOf(row).value !== written.get(row);
    const card = form.querySelector(`[data-card="${row.dataset.who}"]`);
    if (!("sums" in row.dataset) || isTouched) {
      const due = Number(row.dataset.due) - off;
      row.querySelector("[data-count=due]").textContent = due;
      row.querySelector("[data-count=present]").textContent = due - gone;
      card.querySelector(".num").textContent = `${due - gone}/${due} 天`;
      card.querySelector(".told").textContent = told(found);
    }
    row.classList.toggle("is-changed", isTouched);
  };

  const tellState = () => {
    const changed = rows.filter((row) => fieldOf(row).value !== written.get(row)).length;
    const marked = rows.filter((row) => read(row).size).length;
    status.textContent = `${rows.length} 人，${marked} 人有例外${changed ? "，还没有保存" : ""}`;
  };

  const write = (row, found) => {
    const field = fieldOf(row);
    field.value = [...found].sort((a, b) => a[0] - b[0]).map(([day, mark]) => `${day}:${mark}`).join(" ");
    field.dispatchEvent(new Event("input", { bubbles: true })); // keep.js listens
    draw(row);
    tellState();
  };

  const set = (cell, mark) => {
    const row = cell.closest("tr");
    const found = read(row);
    if (mark === "present") {
      found.delete(cell.dataset.day);
    } else {
      found.set(cell.dataset.day, mark);
    }
    write(row, found);
  };

  const chosen = () => brushes.find((brush) => brush.checked).value;

  const move = (cell, down, right) => {
    const row = cell.closest("tr");
    const line = rows[rows.indexOf(row) + down];
    if (!line) {
      return;
    }
    const cells = cellsOf(line);
    let next = null;
    if (right) {
      next = cells[cells.indexOf(cell) + right];
    } else {
      const day = Number(cell.dataset.day);
      next = cells.reduce((best, one) => (best && Math.abs(best.dataset.day - day) <= Math.abs(one.dataset.day - day) ? best : one), null);
    }
    if (next) {
      focus(next);
    }
  };

  const focus = (cell) => {
    grid.querySelectorAll("td[tabindex='0']").forEach((one) => one.setAttribute("tabindex", "-1"));
    cell.setAttribute("tabindex", "0");
    cell.focus();
  };

  grid.setAttribute("role", "grid");
  for (const row of rows) {
    for (const cell of cellsOf(row)) {
      cell.setAttribute("tabindex", "-1");
      cell.setAttribute("role", "gridcell");
    }
    draw(row);
    fieldOf(row).addEventListener("change", () => {
      draw(row);
      tellState();
    });
  }
  const first = grid.querySelector("tr[data-open] td[data-day]");
  if (first) {
    first.setAttribute("tabindex", "0");
  }
  tellState();

  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("tr[data-open] td[data-day]");
    if (cell) {
      set(cell, cell.dataset.mark === chosen() ? "present" : chosen());
      focus(cell);
    }
  });

  const arrows = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  grid.addEventListener("keydown", (event) => {
    const cell = event.target.closest("tr[data-open] td[data-day]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const brush = brushes.find((one) => event.key === one.dataset.key || (one.dataset.sign && event.key === one.dataset.sign));
    if (arrows[event.key]) {
      move(cell, ...arrows[event.key]);
    } else if (brush) {
      set(cell, brush.value);
    } else if (event.key === "Backspace" || event.key === "Delete" || event.key === "√") {
      set(cell, "present");
    } else if (event.key === " ") {
      set(cell, cell.dataset.mark === chosen() ? "present" : chosen());
    } else {
      return;
    }
    event.preventDefault();
  });

  // The lines that add a span of days: at once, without a round trip.
  document.getElementById("x-add").addEventListener("click", (event) => {
    const from = Number(form.elements.first.value);
    const until = Number(form.elements.last.value || from);
    const who = form.elements.who.value;
    if (until < from) {
      return; // the server says why
    }
    event.preventDefault();
    for (const row of rows.filter((one) => who === "all" || one.dataset.who === who)) {
      const found = read(row);
      for (const cell of cellsOf(row)) {
        const day = Number(cell.dataset.day);
        if (day >= from && day <= until) {
          if (chosen() === "present") {
            found.delete(cell.dataset.day);
          } else {
            found.set(cell.dataset.day, chosen());
          }
        }
      }
      write(row, found);
    }
  });

  form.querySelectorAll("[data-card] button").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      form.elements.who.value = button.closest("[data-card]").dataset.card;
      document.getElementById("att-add").scrollIntoView({ block: "center" });
      form.elements.first.focus({ preventScroll: true });
    });
  });
})();
