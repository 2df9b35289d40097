// A row added at the school (a point, a visit to a family, a finding) is kept in this browser until it has arrived, and sent by itself.
(() => {
  "use strict";

  const form = document.querySelector("form[data-rows]");
  const list = document.getElementById("waiting");
  const sheet = document.getElementById("visit");
  if (!form || !list || !sheet) {
    return;
  }
  const key = `visit-rows:${document.body.dataset.user}:${form.getAttribute("action")}`;
  const WEEK = 7 * 24 * 3600 * 1000;
  let rows = []; // {once, values, at, problem}
  let isSending = false;
  let isOut = false; // the session is over, as far as is known
  let timer = 0;

  const keep = () => {
    try {
      if (rows.length) {
        window.localStorage.setItem(key, JSON.stringify(rows));
      } else {
        window.localStorage.removeItem(key);
      }
    } catch {
      // a private window keeps nothing; what was added is sent all the same
    }
  };
  const fresh = () => [...window.crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
  const wordsOf = (row) => {
    const own = row.values.filter(([name]) => !["kind", "teacher", "is_private"].includes(name)).map(([, value]) => value);
    return own.filter(Boolean).join("：");
  };
  const element = (tag, name, words) => {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = words;
    return made;
  };

  const note = (words) => {
    form.querySelectorAll(".note-bad").forEach((one) => one.remove());
    if (words) {
      const box = element("div", "note note-bad mb-3", "");
      box.setAttribute("role", "alert");
      box.append(element("p", "", `没有加上：${words}您填的都还在。`));
      form.querySelector("h2").after(box);
    }
  };
  const isEmpty = () => [...form.querySelectorAll("input[type=text], input:not([type]), textarea")].every((field) => !field.value.trim());

  const putBack = (row) => {
    form.reset();
    note(row.problem);
    for (const [name, value] of row.values) {
      const field = form.elements[name];
      if (field && field.type === "checkbox") {
        field.checked = true;
      } else if (field) {
        field.value = value;
      }
    }
    rows = rows.filter((one) => one !== row);
    keep();
    draw();
    form.querySelector("input:not([type=hidden]), textarea").focus();
  };

  const draw = () => {
    const link = list.querySelector("a");
    list.replaceChildren();
    list.hidden = !rows.length;
    if (isOut) { // one that is there stays: a finger may be on it
      const line = element("li", "", "登录过期，内容都在本机：");
      const way = link || element("a", "", "重新登录");
      way.href = "/login/";
      way.target = "_blank";
      way.rel = "noopener";
      line.append(way);
      list.append(line);
    }
    for (const row of rows) {
      const line = element("li", row.problem ? "is-refused" : "", "");
      line.append(element("span", "", wordsOf(row)), element("small", "", row.problem ? `没有加上：${row.problem}` : "待发送"));
      if (row.problem) {
        const change = element("button", "as-link", "改一改");
        change.type = "button";
        change.addEventListener("click", () => putBack(row));
        line.append(change);
      }
      list.append(line);
    }
  };

  const tokenOf = (page) => {
    const found = page.querySelector("form[data-rows] input[name=csrfmiddlewaretoken]");
    if (found) {
      for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
        field.value = found.value;
      }
    }
    return Boolean(found);
  };
  const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  // What the page would show now: the new rows take their places, what is being typed elsewhere stays.
  const show = (page) => {
    for (const row of page.querySelectorAll("#visit > details[id]")) {
      if (!document.getElementById(row.id)) {
        sheet.append(document.importNode(row, true));
      }
    }
    for (const away of page.querySelectorAll("form[id^=remove-]")) {
      if (!document.getElementById(away.id)) {
        form.after(document.importNode(away, true));
      }
    }
    const parts = page.querySelector("nav.parts");
    if (parts) {
      document.querySelector("nav.parts").replaceWith(document.importNode(parts, true));
    }
  };

  // True: it is over with this row, one way or the other.
  const send = async (row) => {
    if (isOut) { // signing in, here or in another window, changes the token; the page as it would be now has the new one
      const again = await fetch(window.location.pathname, { redirect: "manual" });
      isOut = !again.ok || !tokenOf(await read(again));
      if (isOut) {
        throw new Error("signed out");
      }
    }
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("once", row.once);
    for (const [name, value] of row.values) {
      body.append(name, value);
    }
    const answer = await fetch(form.action, { method: "POST", body });
    const page = await read(answer);
    if (page.querySelector("input[name=password]") || answer.status === 403) {
      isOut = true;
      throw new Error("signed out");
    }
    const told = page.querySelector("form[data-rows] .note-bad p") || page.querySelector("main .note-bad p, main h1 + p");
    if (answer.ok && answer.redirected && page.getElementById("visit")) {
      rows = rows.filter((one) => one !== row);
      show(page);
    } else if (told && told.textContent.trim()) {
      row.problem = told.textContent.replace(/^没有加上：|您填的都还在。$/gu, "").trim();
      if (isEmpty()) { // nothing else is being written there meanwhile
        putBack(row);
      }
    } else {
      throw new Error("another page"); // of a net that wants a sign-in of its own
    }
  };

  const flush = async () => {
    window.clearTimeout(timer);
    if (isSending) {
      return;
    }
    isSending = true;
    let isBroken = false;
    for (const row of rows.filter((one) => !one.problem)) {
      try {
        await send(row);
      } catch {
        isBroken = true;
        break;
      }
    }
    isSending = false;
    keep();
    draw();
    if (rows.some((row) => !row.problem)) {
      timer = window.setTimeout(flush, isBroken ? 4000 : 100);
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "once"].includes(name));
    note("");
    rows.push({ once: form.elements.once.value, values, at: Date.now(), problem: "" });
    form.reset();
    form.elements.once.value = fresh();
    form.dispatchEvent(new Event("input", { bubbles: true })); // for what else keeps this form
    keep();
    draw();
    void flush();
  });
  window.addEventListener("online", () => void flush());
  document.addEventListener("visibilitychange", () => void flush());

  try {
    rows = JSON.parse(window.localStorage.getItem(key) || "[]").filter((row) => Date.now() - row.at < WEEK);
  } catch {
    rows = [];
  }
  draw();
  void flush();
})();
