// Paper sheets of a class from the keyboard, one key an answer. The sheets stay in this browser until the class is sent;
// what is sent are the counts in the table below, so no sheet and no order leaves it.
(() => {
  "use strict";

  const form = document.querySelector("form[data-tally]");
  if (!form) {
    return;
  }
  const VOID = "x";
  const part = (name) => form.querySelector(`[data-${name}]`);
  const panel = part("panel");
  const field = (name) => form.querySelector(`[name=${name}]`);
  const questions = [...form.querySelectorAll("[data-item]")].map((row) => ({
    number: row.dataset.item,
    text: row.dataset.text,
    options: [...row.querySelectorAll("input[data-option]")].map((input) => ({
      input,
      text: row.querySelector(`label[for="${input.id}"]`).textContent,
    })),
  }));

  // --- what was typed: finished sheets, and the one under way; an answer is the place of its option, 0 is none ---

  let sheets = [];
  let current = [];
  let warned = false;

  // By the name that keep.js clears, on whatever page comes next, once the server says that it has arrived.
  const key = `keep:${document.body.dataset.user || ""}:tally-${form.dataset.tally}`;
  const store = (() => {
    try {
      window.localStorage.setItem("keep-test", "1");
      window.localStorage.removeItem("keep-test");
      return window.localStorage;
    } catch {
      return null; // private windows may refuse
    }
  })();
  const others = () => [...form.querySelectorAll("input[type=number], textarea")].map((input) => [input.name, input.value]);
  const keep = () => {
    if (store) {
      store.setItem(key, JSON.stringify({ at: Date.now(), once: field("once").value, sheets, current, others: others() }));
    }
  };
  const isBlank = (sheet) => sheet !== VOID && sheet.every((answer) => !answer);
  const returned = () => Number(field("returned").value) || 0;

  const count = () => {
    if (!sheets.length) {
      return;
    }
    questions.forEach((question, at) => {
      question.options.forEach((option, place) => {
        option.input.value = sheets.filter((sheet) => sheet !== VOID && sheet[at] === place + 1).length;
      });
    });
    field("valid").value = sheets.filter((sheet) => sheet !== VOID && !isBlank(sheet)).length;
    if (returned() < sheets.length) {
      field("returned").value = sheets.length;
    }
  };

  // --- what is shown ---

  const show = (note = "") => {
    const at = Math.min(current.length, questions.length);
    const all = returned();
    const isFull = all > 0 && sheets.length >= all && !current.length;
    const isEnd = at === questions.length;
    part("where").textContent = isFull ? `${all} 份都录完了` : `第 ${sheets.length + 1} 份${all ? ` / 收回 ${all} 份` : ""}`;
    const bad = sheets.filter((sheet) => sheet === VOID || isBlank(sheet)).length;
    part("note").textContent = note || (bad ? `其中 ${bad} 份空白或作废，不算有效` : "");
    part("bar").setAttribute("width", all ? `${Math.min(100, (sheets.length * 100) / all)}%` : "0");
    const question = questions[at];
    part("question").textContent = isFull ? "看一下下面的份数，再交上去。" : isEnd ? "这一份完了，按回车到下一份。" : `${question.number}. ${question.text}`;
    const buttons = (isFull || isEnd ? [] : question.options).map((option, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-plain";
      const digit = document.createElement("kbd");
      digit.textContent = place + 1;
      button.append(digit, option.text);
      button.addEventListener("click", () => answer(place + 1));
      return button;
    });
    part("options").replaceChildren(...buttons);
    const line = current.map((given, place) => {
      const item = document.createElement("li");
      item.textContent = given ? questions[place].options[given - 1].text : "没答";
      item.value = questions[place].number;
      return item;
    });
    part("sheet").replaceChildren(...line);
  };

  const changed = (note) => {
    warned = false;
    count();
    keep();
    show(note);
  };

  // --- keys ---

  const isFull = () => returned() > 0 && sheets.length >= returned() && !current.length;

  const answer = (given) => {
    if (isFull()) {
      show(`收回写的是 ${returned()} 份，已经录完；还有的话先改收回份数`);
    } else if (current.length < questions.length && given <= questions[current.length].options.length) {
      current.push(given);
      changed();
    } else {
      show(current.length < questions.length ? `这题没有第 ${given} 个选项` : "这一份完了，按回车到下一份");
    }
  };

  const finish = (sheet) => {
    if (isFull()) {
      show(`收回写的是 ${returned()} 份，已经录完；还有的话先改收回份数`);
      return;
    }
    const number = sheets.push(sheet);
    current = [];
    changed(sheet === VOID ? `第 ${number} 份作废了` : isBlank(sheet) ? `第 ${number} 份一题也没有答，算收回，不算有效` : "");
  };

  const next = () => finish(questions.map((_, at) => current[at] || 0));

  const back = () => {
    if (current.length) {
      current.pop();
    } else if (sheets.length) {
      const last = sheets.pop();
      current = last === VOID ? [] : last;
      if (!sheets.length) {
        form.querySelectorAll("input[data-option], [name=valid]").forEach((input) => {
          input.value = "";
        });
      }
    }
    changed();
  };

  const deeds = { next, back, skip: () => answer(0), void: () => finish(VOID) };
  const keys = { Enter: next, " ": next, Backspace: back, x: deeds.void, X: deeds.void };

  document.addEventListener("keydown", (event) => {
    const inField = event.target.matches("input, textarea, select, button, a, summary");
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inField) {
      if (event.key === "Enter" && event.target === field("returned")) {
        event.preventDefault(); // goes on to the sheets, not to the server
        panel.focus();
      }
      return;
    }
    const act = /^[0-9]$/.test(event.key) ? () => answer(Number(event.key)) : keys[event.key];
    if (act && !(event.repeat && act === next)) {
      event.preventDefault();
      act();
    }
  });

  panel.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) {
      deeds[button.dataset.do]();
    }
    if (event.target.closest("button")) {
      panel.focus();
    }
  });

  form.addEventListener("input", (event) => {
    keep();
    if (event.target === field("returned")) {
      show();
    }
  });

  form.addEventListener("submit", (event) => {
    if (current.length) {
      event.preventDefault();
      show("这一份还没有完，按回车记下，或按退格去掉");
      panel.focus();
    } else if (sheets.length && sheets.length < returned() && !warned) {
      event.preventDefault();
      warned = true;
      show(`收回 ${returned()} 份，只录了 ${sheets.length} 份。没有更多的，把收回改成 ${sheets.length}；都是空白的，再按一次“全班交上去”`);
      panel.focus();
    } else {
      keep();
    }
  });

  // --- begin: with what was not sent last time ---

  if (store) {
    const kept = JSON.parse(store.getItem(key) || "null");
    if (kept) {
      ({ sheets, current } = kept);
      for (const [name, value] of kept.others) {
        if (field(name) && !form.querySelector(".note-bad")) {
          field(name).value = value;
        }
      }
    }
  }
  panel.hidden = false;
  part("table").open = false;
  show(sheets.length || current.length ? "上次录的还在，接着录" : "");
  if (returned()) {
    panel.focus();
  } else {
    field("returned").focus();
  }
})();
