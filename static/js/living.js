// A report is written where it stands: a paragraph becomes a field with its figures as chips, saves itself a moment after it is
// typed, and stays in this browser until it has arrived. Without script each passage has its own page.
(() => {
  "use strict";

  const shared = document.getElementById("living");
  if (!shared || !shared.dataset.here) {
    return;
  }
  const status = document.getElementById("saved");
  const picker = document.getElementById("figures");
  const kept = `living:${document.body.dataset.user}:`;
  let token = shared.elements.csrfmiddlewaretoken.value;
  let open = null; // the editor that is open
  const editors = new Map(); // passage → editor with something unsaved

  const say = (words) => {
    if (!status.querySelector("a")) { // the way back in stays until it was taken: a finger may be on it
      status.textContent = words;
    }
  };
  const store = (key, value) => {
    try {
      if (value === null) {
        window.localStorage.removeItem(kept + key);
      } else {
        window.localStorage.setItem(kept + key, value);
      }
    } catch {
      // a private window keeps nothing; what is typed is sent all the same
    }
  };
  const stored = (key) => {
    try {
      return window.localStorage.getItem(kept + key);
    } catch {
      return null;
    }
  };
  const button = (words, act, css = "btn btn-plain btn-sm") => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = css;
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  };

  // --- text with figures as an editable line --------------------------------------------------------------------------

  const about = (told) => (told.of ? `${told.label}（${told.of}）` : told.label);
  const chip = (markup, known) => {
    const made = document.createElement("span");
    made.className = "figchip";
    made.contentEditable = "false";
    made.dataset.token = markup;
    const told = known[markup];
    made.textContent = told ? told.text : markup;
    made.title = told ? `${about(told)}：${told.definition}` : "";
    return made;
  };
  const fill = (line, text, known) => {
    line.textContent = "";
    for (const part of text.split(/(⟦[^⟦⟧]*⟧)/u)) {
      if (part.startsWith("⟦")) {
        line.append(chip(part, known));
      } else if (part) {
        line.append(part);
      }
    }
  };
  const read = (line) => {
    let text = "";
    const walk = (node) => {
      for (const child of node.childNodes) {
        if (child.nodeType === Node.TEXT_NODE) {
          text += child.data;
        } else if (child.dataset && child.dataset.token) {
          text += child.dataset.token;
        } else if (child.nodeName === "BR") {
          text += "\n";
        } else {
          if (child.nodeName === "DIV" || child.nodeName === "P") {
            text += "\n";
          }
          walk(child);
        }
      }
    };
    walk(line);
    return text.replace(/\u200b/gu, "").trim();
  };
  const insert = (line, node) => {
    const chosen = window.getSelection();
    if (chosen.rangeCount && line.contains(chosen.anchorNode)) {
      const range = chosen.getRangeAt(0);
      range.deleteContents();
      range.insertNode(node);
      range.setStartAfter(node);
      range.collapse(true);
      chosen.removeAllRanges();
      chosen.addRange(range);
    } else {
      line.append(node);
    }
  };

  // --- one open passage -----------------------------------------------------------------------------------------------

  class Editor {
    constructor(box) {
      this.box = box;
      this.words = box.querySelector(".psg-words");
      this.key = box.dataset.passage;
      this.known = JSON.parse(box.dataset.chips || "{}");
      this.sent = box.dataset.text;
      this.shown = this.words.innerHTML;
      this.isSending = false;
      this.timer = 0;
      this.line = document.createElement("div");
      this.line.className = "psg-line";
      this.line.contentEditable = "true";
      this.line.setAttribute("role", "textbox");
      this.line.setAttribute("aria-multiline", box.dataset.kind === "paragraph" ? "true" : "false");
      this.line.setAttribute("aria-label", "文字");
      this.bar = document.createElement("div");
      this.bar.className = "psg-bar";
      if (box.dataset.kind === "paragraph") {
        this.bar.append(button("插入数据项", () => this.pick()));
      }
      this.bar.append(button("完成", () => void this.close()));
      this.note = document.createElement("p");
      this.note.className = "psg-note";
      this.note.setAttribute("role", "alert");
      this.note.hidden = true;
      const mine = stored(this.key);
      fill(this.line, mine === null ? this.sent : mine, this.known);
      this.words.hidden = true;
      this.about = document.createElement("p");
      this.about.className = "psg-about";
      this.about.setAttribute("role", "status");
      this.about.hidden = true;
      this.line.addEventListener("click", (event) => {
        const touched = event.target.closest(".figchip");
        this.about.hidden = !touched;
        this.about.textContent = touched ? touched.title : "";
      });
      this.words.after(this.line, this.about, this.note, this.bar);
      box.classList.add("is-open");
      this.line.addEventListener("input", () => this.changed());
      this.line.addEventListener("keydown", (event) => this.pressed(event));
      this.line.addEventListener("paste", (event) => this.pasted(event));
      this.line.focus();
      if (mine !== null && mine !== this.sent) {
        this.tell("这是上次没有保存的文字，正在补存。");
        this.changed();
      }
      here();
    }

    get text() {
      return read(this.line);
    }

    tell(words, ...buttons) {
      this.note.hidden = !words;
      this.note.textContent = words;
      this.note.append(...buttons);
    }

    pressed(event) {
      if (event.isComposing) {
        return;
      }
      if (event.key === "Escape") {
        event.preventDefault();
        void this.close();
      } else if (event.key === "Enter" && this.box.dataset.kind !== "paragraph") {
        event.preventDefault();
        void this.close();
      } else if (event.key === "Enter") {
        event.preventDefault();
        insert(this.line, document.createElement("br"));
        this.changed();
      } else if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.pick();
      }
    }

    pasted(event) {
      event.preventDefault();
      const words = event.clipboardData.getData("text/plain").replace(/\r\n?/gu, "\n");
      words.split("\n").forEach((part, place) => {
        if (place) {
          insert(this.line, document.createElement("br"));
        }
        insert(this.line, document.createTextNode(part));
      });
      this.changed();
    }

    changed() {
      editors.set(this.key, this);
      store(this.key, this.text);
      say("正在保存…");
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.save(), 2000);
    }

    async save(drops = false) {
      window.clearTimeout(this.timer);
      const text = this.text;
      if (this.isSending) {
        return false;
      }
      if (text === this.sent) {
        editors.delete(this.key);
        store(this.key, null);
        return true;
      }
      this.isSending = true;
      const body = new FormData();
      body.set("csrfmiddlewaretoken", token);
      body.set("text", text);
      body.set("seen", this.box.dataset.version);
      if (drops) {
        body.set("drops", "1");
      }
      let answer;
      try {
        answer = await fetch(this.box.dataset.address, { method: "POST", body, headers: { "X-Living": "1" }, redirect: "manual" });
      } catch {
        this.isSending = false;
        say("没有网，文字都在本机，连上后自动保存");
        this.timer = window.setTimeout(() => void this.save(drops), 5000);
        return false;
      }
      this.isSending = false;
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        return this.signIn();
      }
      const told = await answer.json().catch(() => ({ problem: "服务器没有回答，文字都在本机" }));
      if (answer.ok) {
        return this.arrived(told, text);
      }
      say("有一段没有保存，见红字");
      if (told.theirs !== undefined) {
        this.clash(told);
      } else if (told.dropped) {
        this.tell(told.problem, button("确实去掉", () => void this.save(true)), button("放回来", () => this.putBack()));
      } else {
        this.tell(told.problem || "没有保存，请再试一次");
      }
      return false;
    }

    arrived(told, text) {
      this.sent = told.text;
      this.known = { ...this.known, ...told.chips };
      this.box.dataset.version = told.version;
      this.box.dataset.text = told.text;
      this.box.dataset.chips = JSON.stringify(this.known);
      this.shown = told.html || told.text;
      this.tell("");
      if (told.report === Number(shared.elements.seen.value) + 1) {
        shared.elements.seen.value = told.report; // our own change; where somebody else changed too, moving asks for a fresh page
      }
      say(`已保存 ${told.at}`);
      if (this.text === text) {
        editors.delete(this.key);
        store(this.key, null);
        if (told.more) {
          window.location.hash = `p${this.key}`;
          window.location.reload();
        }
        return true;
      }
      this.changed();
      return false;
    }

    clash(told) {
      this.tell(
        `${told.who}刚改成：“${told.words}”`,
        button("用我写的", () => {
          this.box.dataset.version = told.version;
          void this.save();
        }),
        button(`用${told.who}的`, () => {
          this.box.dataset.version = told.version;
          this.known = { ...this.known, ...told.chips };
          this.sent = told.theirs;
          fill(this.line, told.theirs, this.known);
          this.tell("");
          editors.delete(this.key);
          store(this.key, null);
          window.location.reload();
        }),
      );
    }

    putBack() {
      fill(this.line, this.sent, this.known);
      this.tell("");
      editors.delete(this.key);
      store(this.key, null);
    }

    async signIn() {
      try {
        const page = await fetch(window.location.href, { redirect: "manual" });
        if (page.ok) {
          const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#living input[name=csrfmiddlewaretoken]");
          if (fresh && fresh.value !== token) {
            token = fresh.value;
            status.textContent = "";
            shared.elements.csrfmiddlewaretoken.value = token;
            return this.save();
          }
          status.textContent = "";
          this.tell("这份总结现在不由您改，文字还在本机，可以复制。");
          return false;
        }
      } catch {
        // no net: it is tried again
      }
      if (!status.querySelector("a")) {
        status.textContent = "登录过期，文字都在本机：";
        const link = document.createElement("a");
        link.href = "/login/";
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = "重新登录";
        status.append(link);
      }
      this.timer = window.setTimeout(() => void this.save(), 5000);
      return false;
    }

    async close() {
      if (!(await this.save())) {
        return;
      }
      this.line.remove();
      this.about.remove();
      this.bar.remove();
      this.note.remove();
      this.words.hidden = false;
      if (this.box.dataset.kind === "paragraph") {
        this.words.innerHTML = this.shown; // drawn and escaped by the server
      } else {
        this.words.textContent = this.sent;
      }
      this.box.classList.remove("is-open");
      if (open === this) {
        open = null;
      }
      this.box.querySelector(".psg-edit").focus();
    }

    pick() {
      this.place = window.getSelection().rangeCount ? window.getSelection().getRangeAt(0).cloneRange() : null;
      picker.showModal();
      picker.querySelector("input").focus();
      leave();
    }

    put(one, markup) {
      picker.close();
      this.known[markup] = { text: one.text || one.with_unit, label: one.label, of: one.of || "", definition: one.definition };
      this.line.focus();
      if (this.place && this.line.contains(this.place.startContainer)) {
        const chosen = window.getSelection();
        chosen.removeAllRanges();
        chosen.addRange(this.place);
      }
      insert(this.line, chip(markup, this.known));
      this.changed();
    }
  }

  // --- choosing a figure ----------------------------------------------------------------------------------------------

  const list = document.getElementById("figures-list");
  const asked = document.getElementById("figures-q");
  let turn = 0;
  const find = async () => {
    turn += 1;
    const mine = turn;
    let found;
    try {
      const answer = await fetch(`${shared.dataset.find}&q=${encodeURIComponent(asked.value)}`);
      found = (await answer.json()).results;
    } catch {
      return;
    }
    if (mine !== turn || narrowed) {
      return;
    }
    list.textContent = "";
    document.getElementById("figures-none").hidden = found.length > 0;
    for (const one of found) {
      const line = document.createElement("li");
      const made = button("", () => open && open.put(one, `⟦${one.key}⟧`), "figpick-one");
      for (const [name, words] of [["b", one.label], ["span", one.with_unit], ["small", one.definition]]) {
        const part = document.createElement(name);
        part.textContent = words;
        made.append(part);
      }
      line.append(made, button("缩小范围", () => void narrow(one.key, {}), "figpick-narrow"));
      list.append(line);
    }
  };

  // The second step: the figure of one subject, one school, another year.
  const step = document.getElementById("figures-step");
  let narrowed = null;
  const leave = () => {
    narrowed = null;
    step.hidden = true;
    asked.value = "";
    asked.placeholder = "名称或拼音首字母，如 满意率";
    void find();
  };
  const narrow = async (key, query) => {
    let told;
    try {
      const answer = await fetch(`${shared.dataset.narrow.replace("KEY", key)}?${new URLSearchParams(query)}`);
      told = await answer.json();
      if (!answer.ok) {
        document.getElementById("figures-told").textContent = told.problem;
        return;
      }
    } catch {
      return;
    }
    turn += 1;
    narrowed = { key, query, told };
    step.hidden = false;
    asked.value = "";
    asked.placeholder = "缩小到哪里，如 数学、某所学校、上一学年";
    document.getElementById("figures-told").textContent = `${about(told)}：${told.text}`;
    document.getElementById("figures-put").textContent = `插入 ${told.text}`;
    asked.focus();
    options();
  };
  const options = () => {
    const words = asked.value.trim();
    const found = narrowed.told.options.filter((one) => one.label.includes(words)).slice(0, 60);
    list.textContent = "";
    document.getElementById("figures-none").hidden = true;
    for (const one of found) {
      const line = document.createElement("li");
      const made = button("", () => void narrow(narrowed.key, { ...narrowed.query, ...one.set }), "figpick-one");
      for (const [name, said] of [["b", one.label], ["span", one.told]]) {
        const part = document.createElement(name);
        part.textContent = said;
        made.append(part);
      }
      line.append(made);
      list.append(line);
    }
  };
  document.getElementById("figures-put").addEventListener("click", () => open && open.put(narrowed.told, narrowed.told.markup));
  document.getElementById("figures-back").addEventListener("click", leave);
  asked.addEventListener("input", () => (narrowed ? options() : void find()));
  picker.querySelector("[data-shut]").addEventListener("click", () => picker.close());

  // --- the page -------------------------------------------------------------------------------------------------------

  const start = async (box) => {
    if (open && open.box === box) {
      return;
    }
    if (open) {
      await open.close();
    }
    open = new Editor(box);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".psg-edit");
    const box = event.target.closest("[data-passage]");
    if (link && box) {
      event.preventDefault();
      void start(box);
    }
  });
  document.addEventListener("dblclick", (event) => {
    const box = event.target.closest("[data-passage]");
    if (box && event.target.closest(".psg-words")) {
      void start(box);
    }
  });
  shared.addEventListener("submit", () => {
    for (const editor of editors.values()) {
      store(editor.key, editor.text);
    }
  });

  const here = async () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token);
    if (open) {
      body.set("passage", open.key);
    }
    try {
      const answer = await fetch(shared.dataset.here, { method: "POST", body, redirect: "manual" });
      const told = await answer.json();
      const names = [...new Set(Object.values(told.others))].join("、");
      document.getElementById("others").textContent = names ? `　${names}也在改` : "";
      for (const box of document.querySelectorAll(".psg")) {
        const who = told.others[box.id.slice(1)];
        let line = box.querySelector("[data-names]");
        if (who && !line) {
          line = document.createElement("span");
          line.className = "psg-here";
          line.dataset.names = "";
          box.querySelector(".psg-tools").prepend(line);
        }
        if (line) {
          line.textContent = who ? `${who}正在改` : "";
        }
      }
    } catch {
      // the next time will do
    }
  };
  window.setInterval(() => {
    if (!document.hidden) {
      void here();
    }
  }, 20000);

  window.addEventListener("online", () => {
    for (const editor of editors.values()) {
      void editor.save();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (editors.size) {
      event.preventDefault();
    }
  });

  // What did not arrive before the page was closed is offered again.
  for (const box of document.querySelectorAll("[data-passage]")) {
    const mine = stored(box.dataset.passage);
    if (mine !== null && mine !== box.dataset.text) {
      void start(box);
      break;
    }
  }
})();
