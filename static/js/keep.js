// What is typed into a form with data-keep stays in this browser until it has arrived: an expired session or a closed tab loses nothing.
(() => {
  "use strict";

  const forms = document.querySelectorAll("form[data-keep]");
  const user = document.body.dataset.user || "";
  const left = new Set(["csrfmiddlewaretoken", "seen"]);
  const prefix = `keep:${user}:`;

  const store = (() => {
    try {
      window.localStorage.setItem("keep-test", "1");
      window.localStorage.removeItem("keep-test");
      return window.localStorage;
    } catch {
      return null; // private windows may refuse
    }
  })();
  if (!store || !user) {
    return;
  }

  // The server says in a cookie which form has arrived.
  const done = (document.cookie.match(/(?:^|; )done=([0-9a-f]{32})/) || [])[1];
  for (const key of Object.keys(store)) {
    if (key.startsWith(prefix)) {
      const kept = JSON.parse(store.getItem(key) || "{}");
      const isOld = Date.now() - (kept.at || 0) > 7 * 24 * 3600 * 1000;
      if (isOld || (done && kept.once === done)) {
        store.removeItem(key);
      }
    }
  }

  const keyOf = (form) => `${prefix}${form.dataset.keep || window.location.pathname}`;

  const valuesOf = (form) => {
    const values = [];
    for (const field of form.elements) {
      if (!field.name || left.has(field.name) || field.name === "once" || ["password", "file", "submit", "hidden", "button"].includes(field.type)) {
        continue;
      }
      if (["checkbox", "radio"].includes(field.type)) {
        values.push([field.name, field.value, field.checked]);
      } else {
        values.push([field.name, field.value, null]);
      }
    }
    return values;
  };

  const fill = (form, values) => {
    const seen = new Map();
    for (const [name, value, checked] of values) {
      const all = [...form.elements].filter((field) => field.name === name);
      if (checked === null) {
        const place = seen.get(name) || 0;
        seen.set(name, place + 1);
        if (all[place]) {
          all[place].value = value;
          all[place].dispatchEvent(new Event("change", { bubbles: true }));
        }
      } else {
        const one = all.find((field) => field.value === value);
        if (one) {
          one.checked = checked;
          one.dispatchEvent(new Event("change", { bubbles: true }));
        }
      }
    }
  };

  for (const form of forms) {
    const key = keyOf(form);
    const shown = JSON.stringify(valuesOf(form));
    const kept = JSON.parse(store.getItem(key) || "null");
    const hasErrors = form.querySelector(".is-invalid, .note-bad");
    if (kept && !hasErrors && JSON.stringify(kept.values) !== shown) {
      fill(form, kept.values);
      const note = document.createElement("div");
      note.className = "note note-run mb-3";
      note.setAttribute("role", "status");
      const words = document.createElement("p");
      words.textContent = "您上次填的还没有交，已经放回来了。";
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "as-link";
      drop.textContent = "不要了";
      drop.addEventListener("click", () => {
        store.removeItem(key);
        fill(form, JSON.parse(shown));
        note.remove();
      });
      words.append(drop);
      note.append(words);
      form.prepend(note);
    }
    let waiting = 0;
    const keep = () => {
      const once = form.querySelector("input[name=once]");
      store.setItem(key, JSON.stringify({ at: Date.now(), once: once ? once.value : "", values: valuesOf(form) }));
    };
    form.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(keep, 300);
    });
    form.addEventListener("submit", () => {
      window.clearTimeout(waiting);
      keep();
    });
  }
})();
