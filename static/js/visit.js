// A visit saves itself: each field by itself a moment after it is typed, kept in this browser until it has arrived.
(() => {
  "use strict";

  const form = document.querySelector("form[data-visit]");
  if (!form || form.hasAttribute("data-closed")) {
    return;
  }
  const status = document.getElementById("saved");
  const key = `visit:${document.body.dataset.user}:${window.location.pathname}${window.location.search}`;
  const pending = new Map(); // name → {base, value}
  const held = new Map(); // what could not be saved as it is, until the person changes it
  const token = form.querySelector("input[name=csrfmiddlewaretoken]"); // renewed here and by the rows, after signing in again
  let isSending = false;
  let isOut = false; // the session is over, as far as is known
  let timer = 0;

  const say = (words) => {
    if (!isOut) { // the way back in stays until it was taken: a finger may be on it when the field is left
      status.textContent = words;
    }
  };
  const keep = () => {
    try {
      if (pending.size || held.size) {
        window.localStorage.setItem(key, JSON.stringify([...held, ...pending]));
      } else {
        window.localStorage.removeItem(key);
      }
    } catch {
      // a private window keeps nothing; what is typed is sent all the same
    }
  };
  const boxOf = (name) => [...form.querySelectorAll("[data-field]")].find((box) => box.dataset.field === name);
  const baseOf = (name) => form.elements[`base:${name}`];
  const valueOf = (name) => {
    const field = form.elements[name];
    return field instanceof RadioNodeList || field.type !== "radio" ? field.value : field.checked ? field.value : "";
  };
  const put = (name, value) => {
    form.elements[name].value = value;
  };
  const problem = (name, words, ...buttons) => {
    const box = boxOf(name);
    const line = box && box.querySelector(".visit-problem");
    if (line) {
      line.hidden = !words;
      line.textContent = words;
      line.append(...buttons);
    }
  };
  const button = (words, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "as-link";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  };

  const clash = (name, theirs, who, mine) => {
    problem(
      name,
      `${who}刚写成“${theirs || "（空）"}”。`,
      button("用我写的", () => {
        baseOf(name).value = theirs;
        put(name, mine);
        problem(name, "");
        changed(name);
      }),
      button(`用${who}的`, () => {
        baseOf(name).value = theirs;
        put(name, theirs);
        held.delete(name);
        problem(name, "");
        keep();
      }),
    );
    say("有一处和别人写的不同，请选");
  };

  // Signing in, here or in another window, changes the token; the page as it would be now has the new one.
  const signedInAgain = async () => {
    const page = await fetch(window.location.href, { redirect: "manual" });
    if (page.ok) {
      const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("input[name=csrfmiddlewaretoken]");
      if (fresh && fresh.value) {
        for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
          field.value = fresh.value;
        }
      }
      isOut = false;
      return;
    }
    if (page.type !== "opaqueredirect") {
      isOut = false;
      say("您不在这个检查组了，内容还在本机");
      throw new Error("told");
    }
    isOut = true;
    if (!status.querySelector("a")) { // one that is there stays: a finger may be on it
      status.textContent = "登录过期，内容都在本机：";
      const link = document.createElement("a");
      link.href = "/login/";
      link.target = "_blank";
      link.rel = "noopener";
      link.textContent = "重新登录";
      status.append(link);
    }
    throw new Error("told");
  };

  const send = async (name, one) => {
    if (isOut) {
      await signedInAgain(); // for the token that the new session wants
    }
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token.value);
    body.set("name", name);
    body.set("base", one.base);
    body.set("value", one.value);
    const answer = await fetch(window.location.href, { method: "POST", body, headers: { "X-Visit": "1" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 403) {
      await signedInAgain();
      throw new Error("once more");
    }
    const told = await answer.json();
    if (pending.get(name) === one) {
      pending.delete(name);
    }
    held.delete(name);
    if (answer.status === 409) {
      held.set(name, one);
      clash(name, told.theirs, told.who, one.value);
    } else if (!answer.ok) {
      held.set(name, one);
      problem(name, told.problem || told.refused || "没有保存");
      say("有一处没有保存，见红字");
    } else {
      baseOf(name).value = told.now;
      problem(name, "");
      const newer = pending.get(name);
      if (newer) {
        newer.base = told.now;
      }
      say(`已保存 ${told.at}`);
    }
  };

  const flush = async () => {
    window.clearTimeout(timer);
    if (isSending || !pending.size) {
      return;
    }
    isSending = true;
    let isBroken = false;
    for (const [name, one] of [...pending]) {
      try {
        await send(name, one);
      } catch (problemOfNet) {
        isBroken = true;
        if (problemOfNet.message !== "told") {
          say("未保存，正在重试");
        }
        break;
      }
    }
    isSending = false;
    keep();
    if (pending.size) {
      timer = window.setTimeout(flush, isBroken ? 5000 : 300);
    }
  };

  const changed = (name) => {
    if (!baseOf(name)) {
      return;
    }
    const value = valueOf(name);
    if (value === baseOf(name).value) {
      pending.delete(name);
      held.delete(name);
    } else {
      held.delete(name);
      pending.set(name, { base: baseOf(name).value, value });
      say("正在保存…");
    }
    keep();
    window.clearTimeout(timer);
    timer = window.setTimeout(flush, 1500);
  };

  form.addEventListener("input", (event) => changed(event.target.name));
  form.addEventListener("change", (event) => changed(event.target.name));
  form.addEventListener("focusout", () => void flush());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void flush();
  });
  form.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (step) {
      const field = step.parentElement.querySelector("input");
      field.value = Math.max(0, (Number.parseInt(field.value, 10) || 0) + Number(step.dataset.step));
      changed(field.name);
    }
  });
  window.addEventListener("online", () => void flush());
  document.addEventListener("visibilitychange", () => void flush());
  window.addEventListener("beforeunload", (event) => {
    if (pending.size) {
      void flush();
      event.preventDefault();
    }
  });

  // What did not arrive before the page was closed comes back, and is sent.
  try {
    for (const [name, one] of JSON.parse(window.localStorage.getItem(key) || "[]")) {
      if (baseOf(name)) {
        put(name, one.value);
        pending.set(name, one);
      }
    }
  } catch {
    window.localStorage.removeItem(key);
  }
  // What was typed before this script was here.
  for (const box of form.querySelectorAll("[data-field]")) {
    const name = box.dataset.field;
    if (baseOf(name) && !pending.has(name) && valueOf(name) !== baseOf(name).value) {
      changed(name);
    }
  }
  void flush();
})();
