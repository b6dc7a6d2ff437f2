// @ts-check
"use strict";
/**
 * @typedef {{id: string, segment: number, start: number, end: number, before: string, after: string, applied: boolean,
 *   options: string[], flag: boolean, rules: string[], by: string, why: string, tier: string, confidence: number|null, sure: string}} Proposal
 * @typedef {{start: number, mt: string, kind: string, first: boolean, source: string|null}} Sentence
 * @typedef {{name: string, segments: Sentence[], proposals: Proposal[], notes: string[]}} Part
 * @typedef {{verdict: string, text: string}} Word
 * @typedef {{part: number, proposal: Proposal, key: string, node: HTMLElement}} Item
 * @typedef {{key: string, part: number, proposal: string, verdict: string, text: string}} Said
 */

/** @param {string} id @returns {any} */
const el = (id) => document.getElementById(id);

/** @param {string} tag @param {string} text @param {string} name */
function make(tag, text = "", name = "") {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  if (name) node.className = name;
  return node;
}

/** @param {string} path @param {RequestInit} options @returns {Promise<{status: number, body: any}>} */
async function ask(path, options = {}) {
  const answer = await fetch("/api/v1" + path, { credentials: "same-origin", ...options });
  if (answer.status === 401) location.href = "/login";
  const body = answer.status === 204 ? null : await answer.json().catch(() => ({ detail: "the server does not answer" }));
  return { status: answer.status, body };
}

/** @param {string} method @param {unknown} body @returns {RequestInit} */
const json = (method, body) => ({ method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** @param {any} body @returns {string} */
const reason = (body) => (typeof body?.detail === "string" ? body.detail : "the server did not take this");

/** Cut a text at offsets in code points. @param {string} text @param {number} from @param {number} to */
function cut(text, from, to) {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text).slice(from, to).join("") : text.slice(from, to);
}

/** What both sides share at their ends, in whole words. @param {string} before @param {string} after */
function trim(before, after) {
  const a = before.split(/(\s+)/), b = after.split(/(\s+)/);
  let head = 0, tail = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return {
    head: a.slice(0, head).join(""), old: a.slice(head, a.length - tail).join(""),
    now: b.slice(head, b.length - tail).join(""), tail: a.slice(a.length - tail).join(""),
  };
}

function library() {
  const form = /** @type {HTMLFormElement} */ (el("new"));
  /** @param {string} text */
  const say = (text) => { el("say").textContent = text; };
  /** @param {File|null} file */
  async function send(file) {
    const data = new FormData(form);
    data.delete("file");
    if (file) { data.set("file", file); data.delete("text"); }
    say("Reading ...");
    try {
      const { status, body } = await ask("/documents", { method: "POST", body: data });
      if (status === 201) location.href = "/documents/" + body.id;
      else say(reason(body));
    } catch { say("The server does not answer. Your text is still here; try again."); }
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); void send(null); });
  form.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); });
  el("file").addEventListener("change", () => { const file = el("file").files[0]; if (file) void send(file); });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle("dropping", kind === "dragover");
      const file = kind === "drop" ? /** @type {DragEvent} */ (event).dataTransfer?.files[0] : null;
      if (file) void send(file);
    });
  }
  const draft = sessionStorage.getItem("mtfix-draft");
  if (draft && !el("text").value) el("text").value = draft;
  el("text").addEventListener("input", () => sessionStorage.setItem("mtfix-draft", el("text").value));
  form.addEventListener("submit", () => sessionStorage.removeItem("mtfix-draft"));

  async function list() {
    const query = new URLSearchParams({ search: el("search").value, state: el("state").value });
    const { status, body } = await ask("/documents?" + query);
    if (status !== 200) return;
    el("none").hidden = body.length > 0;
    el("documents").replaceChildren(...body.map((/** @type {any} */ d) => {
      const row = make("li");
      const link = /** @type {HTMLAnchorElement} */ (make("a", d.name));
      link.href = "/documents/" + d.id;
      const drop = make("button", "Delete");
      drop.setAttribute("aria-label", "Delete " + d.name);
      drop.addEventListener("click", async () => {
        if (!confirm(`Delete “${d.name}” and every decision on it?`)) return;
        await ask("/documents/" + d.id, { method: "DELETE" });
        void list();
      });
      row.append(link, make("span", { new: "new", work: "in work", done: "done" }[/** @type {"new"} */ (d.state)], "faint"),
        make("span", new Date(d.updated).toLocaleString(), "faint"), drop);
      return row;
    }));
  }
  let timer = 0;
  el("search").addEventListener("input", () => { clearTimeout(timer); timer = window.setTimeout(list, 200); });
  el("state").addEventListener("change", list);
  void list();
}

function desk() {
  const id = el("desk").dataset.id, shelf = "mtfix-unsaved-" + id;
  /** @type {any} */ let stored = null;
  /** @type {Map<string, Word>} */ const words = new Map();
  /** @type {Item[]} */ let items = [];
  /** @type {Item[]} */ let shown = [];
  /** @type {Map<string, HTMLElement>} */ const sentences = new Map();
  /** @type {{part: number, proposal: string, was: Word|undefined}[][]} */ const history = [];
  let at = -1, sending = false, conflicted = false, since = Date.now();
  /** @type {{version: number, said: Said[]}} */ let unsaved = JSON.parse(localStorage.getItem(shelf) || '{"version":0,"said":[]}');

  /** @param {string} text */
  const say = (text) => { el("live").textContent = text; };
  /** @param {number} part @param {string} proposal */
  const key = (part, proposal) => part + "/" + proposal;

  async function load() {
    const { status, body } = await ask("/documents/" + id).catch(() => ({ status: 0, body: null }));
    if (status === 404) { fail("This document was deleted."); return; }
    if (status !== 200) { setTimeout(load, 1500); return; }
    if (body.failure) { fail(body.failure); return; }
    el("progress").hidden = body.ready;
    if (!body.ready) {
      if (body.progress) el("progress").value = body.progress; else el("progress").removeAttribute("value");
      setTimeout(load, 300);
      return;
    }
    stored = body;
    words.clear();
    for (const d of body.decisions) words.set(key(d.part, d.proposal), d);
    if (unsaved.said.length) {
      for (const s of unsaved.said) remember(s);
      void flush();
    } else unsaved.version = body.version;
    el("state").value = body.state;
    el("profile").value = body.profile;
    draw();
    el("saved").textContent = unsaved.said.length ? "Saving ..." : "Saved";
  }
  /** @param {string} text */
  function fail(text) { el("failure").textContent = text; el("failure").hidden = false; el("progress").hidden = true; }

  /** @param {Said} s */
  function remember(s) {
    if (s.verdict === "undo") words.delete(key(s.part, s.proposal));
    else words.set(key(s.part, s.proposal), s);
  }

  function draw() {
    items = [];
    sentences.clear();
    const beside = el("beside").value, page = document.createDocumentFragment();
    stored.parts.forEach((/** @type {Part} */ part, /** @type {number} */ number) => {
      if (stored.parts.length > 1) page.append(make("h2", part.name));
      for (const note of part.notes) page.append(make("p", note, "faint"));
      /** @type {Map<number, Proposal[]>} */ const of = new Map();
      for (const p of part.proposals) of.set(p.segment, [...(of.get(p.segment) || []), p]);
      /** @type {HTMLElement|null} */ let text = null;
      /** @type {HTMLElement|null} */ let other = null;
      part.segments.forEach((s, i) => {
        if (s.first || !text) {
          const para = make("div", "", "para" + (s.kind === "heading" ? " heading" : ""));
          text = para.appendChild(make("div"));
          other = null;
          if (beside) { other = para.appendChild(make("div", "", "other")); if (beside === "source") other.removeAttribute("lang"); }
          page.append(para);
        } else { text.append(" "); other?.append(" "); }
        const node = make("span", "", "sentence");
        node.dataset.sentence = key(number, "sentence-" + i);
        sentences.set(node.dataset.sentence, node);
        drawSentence(node, number, s, i, of.get(i) || []);
        text.append(node);
        if (other) other.append(beside === "mt" ? s.mt : s.source || "");
      });
    });
    if (beside === "source" && stored.source) {
      const paras = page.querySelectorAll(".other"), lines = stored.source.split(/\n\s*\n|\n/).filter((/** @type {string} */ l) => l.trim());
      if (paras.length === lines.length) paras.forEach((p, i) => { p.textContent = lines[i]; });
      else if (paras[0]) paras[0].textContent = stored.source;
    }
    el("wire").classList.toggle("two", Boolean(beside));
    el("wire").replaceChildren(page);
    fillFilters();
    filter();
  }

  /** @param {HTMLElement} node @param {number} part @param {Sentence} s @param {number} index @param {Proposal[]} proposals */
  function drawSentence(node, part, s, index, proposals) {
    const retyped = words.get(key(part, "sentence-" + index));
    const nodes = [];
    let done = 0;
    for (const p of proposals) {
      const spot = make("span", "", "prop");
      spot.setAttribute("role", "button");
      const item = { part, proposal: p, key: key(part, p.id), node: spot };
      spot.addEventListener("click", () => show(shown.indexOf(item)));
      items.push(item);
      drawItem(item);
      nodes.push(cut(s.mt, done, p.start - s.start), spot);
      done = p.end - s.start;
    }
    nodes.push(cut(s.mt, done, Infinity));
    node.classList.toggle("edited", Boolean(retyped));
    if (retyped) node.replaceChildren(make("ins", retyped.text || "∅"));
    else node.replaceChildren(...nodes);
  }

  /** @param {Item} item */
  function drawItem(item) {
    const p = item.proposal, word = words.get(item.key), parts = [];
    const state = word ? { accept: "accepted", reject: "rejected", edit: "edited" }[/** @type {"accept"} */ (word.verdict)] : "open";
    const after = word && word.text ? word.text : word?.verdict === "edit" ? "" : p.after;
    if (state === "rejected" || p.flag && state !== "edited") parts.push(state === "open" ? make("mark", p.before || "‸") : p.before);
    else if (state === "open" && !p.applied) parts.push(make("mark", p.before || "‸"));
    else {
      const t = trim(p.before, after);
      if (t.head) parts.push(t.head);
      if (state === "open" && t.old) parts.push(make("del", t.old));
      if (t.now) parts.push(make("ins", t.now));
      else if (state !== "open") parts.push(make("ins", "‸"));
      if (t.tail) parts.push(t.tail);
    }
    const now = item.node.classList.contains("now"), dim = item.node.classList.contains("dim");
    item.node.className = "prop " + state + (now ? " now" : "") + (dim ? " dim" : "");
    item.node.replaceChildren(...parts);
    item.node.setAttribute("aria-label", `${p.before || "nothing"} becomes ${p.flag ? "the same, look at it" : after || "nothing"}, ${state === "open" ? "undecided" : state}`);
  }

  function fillFilters() {
    for (const [name, read] of /** @type {[string, (p: Proposal) => string][]} */ ([["f-rule", (p) => p.rules[0]], ["f-sure", (p) => p.sure]])) {
      const box = el(name), chosen = box.value;
      const names = [...new Set(items.map((i) => read(i.proposal)))].sort();
      box.replaceChildren(new Option("all", ""), ...names.map((n) => new Option(n, n)));
      if (names.includes(chosen)) box.value = chosen;
    }
  }

  function filter() {
    const now = shown[at]?.key, state = el("f-state").value, tier = el("f-tier").value, rule = el("f-rule").value, sure = el("f-sure").value;
    shown = items.filter((i) => (!tier || i.proposal.tier === tier) && (!rule || i.proposal.rules[0] === rule) && (!sure || i.proposal.sure === sure)
      && (!state || words.has(i.key) === (state === "decided")));
    const set = new Set(shown);
    for (const i of items) i.node.classList.toggle("dim", !set.has(i));
    const again = shown.findIndex((i) => i.key === now);
    show(again >= 0 ? again : shown.findIndex((i) => !words.has(i.key)), false);
    count();
  }

  function count() {
    const open = items.filter((i) => !words.has(i.key)).length;
    el("count").textContent = `${shown.length} of ${items.length} proposals, ${open} undecided`;
  }

  /** @param {number} index @param {boolean} scroll */
  function show(index, scroll = true) {
    shown[at]?.node.classList.remove("now");
    el("wire").querySelector(".now")?.classList.remove("now");
    at = index;
    const item = shown[at];
    if (!item) { card(null); return; }
    item.node.classList.add("now");
    if (scroll) item.node.scrollIntoView({ block: "nearest" });
    card(item);
  }

  /** @param {Item|null} item */
  function card(item) {
    const box = el("card");
    if (!item) {
      const left = items.some((i) => !words.has(i.key));
      box.replaceChildren(make("h2", left ? "No proposal is chosen" : "Everything is decided"),
        make("p", items.length ? "Press j for the next proposal, u to undo, or export the document above." : "mtfix proposes nothing for this document."));
      return;
    }
    const p = item.proposal, change = make("p", "", "change"), word = words.get(item.key);
    if (p.flag) change.append(make("mark", p.before));
    else {
      const t = trim(p.before, p.after);
      change.append(t.head, ...(t.old ? [make("del", t.old)] : []), t.old && t.now ? " " : "", ...(t.now ? [make("ins", t.now)] : []), t.tail);
    }
    const row = make("div", "", "row"), more = make("div", "", "row");
    /** @param {HTMLElement} into @param {string} label @param {string} stroke @param {() => void} act @param {string} name */
    const button = (into, label, stroke, act, name = "") => {
      const b = make("button", label + " ", name);
      if (stroke) { b.append(make("kbd", stroke)); b.setAttribute("aria-keyshortcuts", stroke); }
      b.addEventListener("click", act);
      into.append(b);
    };
    button(row, p.flag ? "Seen" : "Accept", "a", () => decide("accept"), "main");
    if (!p.flag) button(row, "Reject", "r", () => decide("reject"));
    button(row, "Edit", "e", edit);
    button(row, "Sentence", "s", retype);
    if (word) button(row, "Undo this", "", () => say_all([{ item, verdict: "undo", text: "" }]));
    p.options.forEach((option, i) => { if (i < 8) button(more, option || "(nothing)", String(i + 2), () => decide("accept", option)); });
    const rule = p.rules[0], same = items.filter((i) => i.proposal.rules[0] === rule).length;
    const wide = make("div", "", "row");
    if (same > 1) { button(wide, `Accept all ${same} of this rule`, "Shift+A", () => all("accept")); button(wide, "Never here", "Shift+R", () => all("reject")); }
    if (!rule.startsWith("model:")) {
      button(wide, "Always", "", () => prefer(rule, "always"));
      button(wide, "Never", "", () => prefer(rule, "never"));
    }
    const facts = make("p", "", "faint");
    facts.append(make("code", p.rules.join(", ")), ` — ${p.sure}${p.confidence === null ? "" : ` (${Math.round(p.confidence * 100)}%)`}`);
    box.replaceChildren(make("h2", `${at + 1} of ${shown.length}` + (word ? `, ${{ accept: "accepted", reject: "rejected", edit: "rewritten" }[/** @type {"accept"} */ (word.verdict)]}` : "")),
      change, make("p", p.why), facts, row, more, wide);
    say(`${p.before || "nothing"} becomes ${p.flag ? "nothing new" : p.after || "nothing"}. ${p.why}`);
  }

  /** @param {{item: {part: number, proposal: {id: string}, key: string}, verdict: string, text: string}[]} list @param {boolean} keep */
  function say_all(list, keep = true) {
    if (!list.length || conflicted) return;
    if (keep) history.push(list.map(({ item }) => ({ part: item.part, proposal: item.proposal.id, was: words.get(item.key) })));
    for (const { item, verdict, text } of list) {
      /** @type {Said} */
      const said = { key: crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16).padStart(8, "0")).join(""),
        part: item.part, proposal: item.proposal.id, verdict, text };
      remember(said);
      unsaved.said.push(said);
      redraw(item.part, item.proposal.id);
    }
    localStorage.setItem(shelf, JSON.stringify(unsaved));
    el("state").value = "work";
    void flush();
    count();
  }

  /** @param {number} part @param {string} proposal */
  function redraw(part, proposal) {
    if (proposal.startsWith("sentence-")) {
      const chosen = shown[at]?.key;
      draw();
      show(shown.findIndex((i) => i.key === chosen), false);
      return;
    }
    const item = items.find((i) => i.part === part && i.proposal.id === proposal);
    if (item) drawItem(item);
    if (item && item === shown[at]) card(item);
  }

  /** @param {string} verdict @param {string} text */
  function decide(verdict, text = "") {
    const item = shown[at];
    if (!item) return;
    say_all([{ item, verdict, text }]);
    move(1, true);
  }

  /** @param {string} verdict */
  function all(verdict) {
    const rule = shown[at]?.proposal.rules[0];
    const list = items.filter((i) => i.proposal.rules[0] === rule && !words.has(i.key)).map((item) => ({ item, verdict, text: "" }));
    say_all(list);
    say(`${list.length} proposals of ${rule}: ${verdict === "accept" ? "accepted" : "rejected"}`);
    move(1, true);
  }

  function undo() {
    const last = history.pop();
    if (!last) { say("Nothing to undo"); return; }
    say_all(last.map(({ part, proposal, was }) => ({
      item: { part, proposal: { id: proposal }, key: key(part, proposal) }, verdict: was ? was.verdict : "undo", text: was ? was.text : "",
    })), false);
    const index = shown.findIndex((i) => i.part === last[0].part && i.proposal.id === last[0].proposal);
    if (index >= 0) show(index);
    say("Undone");
  }

  /** @param {number} step @param {boolean} open */
  function move(step, open = false) {
    let index = at + step;
    while (open && index < shown.length && words.has(shown[index].key)) index += step;
    if (open && index >= shown.length) index = shown.findIndex((i) => !words.has(i.key));
    if (index < 0 && open) { show(-1); say("Everything is decided"); return; }
    show(Math.max(0, Math.min(index, shown.length - 1)));
  }

  /** @param {string} label @param {string} text @param {(text: string) => void} save @param {boolean} check */
  function write(label, text, save, check = false) {
    const box = el("card"), area = /** @type {HTMLTextAreaElement} */ (make("textarea")), name = make("label", label);
    const row = make("div", "", "row"), ok = make("button", "Save", "main"), no = make("button", "Cancel"), hints = make("div");
    area.id = "writing"; area.rows = check ? 6 : 2; area.value = text;
    name.setAttribute("for", "writing");
    const close = () => { el("card").focus(); show(at, false); };
    const done = () => { const value = area.value; close(); save(value); };
    ok.addEventListener("click", done);
    no.addEventListener("click", close);
    area.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") close();
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); done(); }
    });
    let timer = 0;
    if (check) area.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(async () => {
        const asked = area.value;
        const { status, body } = await ask("/fix", json("POST", { text: asked, profile: stored.profile })).catch(() => ({ status: 0, body: null }));
        if (status !== 200 || asked !== area.value) return;
        hints.replaceChildren(make("p", body.proposals.length ? "Of this sentence mtfix would say:" : "mtfix has nothing to say of this sentence.", "faint"),
          ...body.proposals.map((/** @type {Proposal} */ p) => make("p", `${p.before} → ${p.flag ? "?" : p.after}: ${p.why}`)));
      }, 350);
    });
    row.append(ok, no);
    box.replaceChildren(name, area, row, hints);
    area.focus();
    area.select();
  }

  function edit() {
    const item = shown[at];
    if (!item) return;
    const word = words.get(item.key);
    write("Write instead of “" + item.proposal.before + "”", word?.verdict === "edit" ? word.text : item.proposal.after,
      (text) => { say_all([{ item, verdict: "edit", text }]); move(1, true); });
  }

  function retype() {
    const item = shown[at];
    if (!item) return;
    const { part, proposal } = item, name = "sentence-" + proposal.segment;
    const own = { part, proposal: { id: name }, key: key(part, name) };
    write("The whole sentence", words.get(own.key)?.text ?? current(part, proposal.segment),
      (text) => say_all([{ item: own, verdict: "edit", text }]), true);
  }

  /** The sentence as it is decided now. @param {number} part @param {number} segment */
  function current(part, segment) {
    const s = /** @type {Sentence} */ (stored.parts[part].segments[segment]);
    let text = "", done = 0;
    for (const p of /** @type {Proposal[]} */ (stored.parts[part].proposals)) {
      if (p.segment !== segment) continue;
      const word = words.get(key(part, p.id)), taken = word ? word.verdict !== "reject" : p.applied;
      text += cut(s.mt, done, p.start - s.start) + (taken ? (word && (word.text || word.verdict === "edit") ? word.text : p.after) : p.before);
      done = p.end - s.start;
    }
    return text + cut(s.mt, done, Infinity);
  }

  /** @param {string} rule @param {string} verdict */
  async function prefer(rule, verdict) {
    const { status, body } = await ask("/preferences", json("PUT", { rule, verdict }));
    if (status !== 200) { say(reason(body)); return; }
    all(verdict === "always" ? "accept" : "reject");
    say(verdict === "always" ? "Accepted here and in documents to come" : "Rejected here; the rule is off in documents to come");
  }

  async function flush() {
    if (sending || conflicted || !unsaved.said.length) return;
    sending = true;
    el("saved").textContent = "Saving ...";
    const batch = unsaved.said.slice(0, 1000), seconds = Math.min(120, (Date.now() - since) / 1000);
    try {
      const { status, body } = await ask(`/documents/${id}/decisions`, json("POST", { version: unsaved.version, decisions: batch, seconds }));
      if (status === 409) conflict();
      else if (status === 200) {
        since = Date.now();
        unsaved = { version: body.version, said: unsaved.said.slice(batch.length) };
        localStorage.setItem(shelf, JSON.stringify(unsaved));
        if (!unsaved.said.length) { localStorage.removeItem(shelf); el("saved").textContent = "Saved"; }
      } else if (status === 422 || status === 404) { el("saved").textContent = "Not saved: " + reason(body); unsaved.said = []; localStorage.removeItem(shelf); }
      else throw new Error(String(status));
    } catch {
      el("saved").textContent = "Not saved yet: the server does not answer. Your decisions are kept in this browser.";
      setTimeout(flush, 2000);
      sending = false;
      return;
    }
    sending = false;
    void flush();
  }

  function conflict() {
    conflicted = true;
    el("conflict").hidden = false;
    el("saved").textContent = "Not saved";
    el("take-theirs").focus();
  }
  /** @param {boolean} mine */
  async function resolve(mine) {
    const { status, body } = await ask("/documents/" + id);
    if (status !== 200) return;
    conflicted = false;
    el("conflict").hidden = true;
    unsaved = { version: body.version, said: mine ? unsaved.said : [] };
    if (!mine) localStorage.removeItem(shelf);
    history.length = 0;
    await load();
  }
  el("take-theirs").addEventListener("click", () => void resolve(false));
  el("keep-mine").addEventListener("click", () => void resolve(true));

  /** @param {object} change */
  async function change(change) {
    await flush();
    const { status, body } = await ask("/documents/" + id, json("PATCH", { version: unsaved.version, ...change }));
    if (status === 409) { conflict(); return; }
    if (status !== 200) { el("saved").textContent = reason(body); return; }
    unsaved.version = body.version;
    const before = items.length;
    await load();
    if ("profile" in change) say(`Profile ${body.profile}: ${items.length} proposals, ${before} before`);
  }
  el("profile").addEventListener("change", () => void change({ profile: el("profile").value }));
  el("state").addEventListener("change", () => void change({ state: el("state").value }));
  el("export").addEventListener("change", async () => {
    const to = el("export").value;
    el("export").value = "";
    if (!to) return;
    await flush();
    location.href = `/api/v1/documents/${id}/export?to=${to}`;
  });
  for (const name of ["f-state", "f-tier", "f-rule", "f-sure"]) el(name).addEventListener("change", filter);
  el("beside").addEventListener("change", draw);
  const help = /** @type {HTMLDialogElement} */ (el("help"));
  el("help-open").addEventListener("click", () => help.showModal());
  el("help-close").addEventListener("click", () => help.close());

  document.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (help.open || conflicted || !stored || /^(SELECT|TEXTAREA|INPUT)$/.test(target.tagName)) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") { event.preventDefault(); undo(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && /^(BUTTON|A|SUMMARY)$/.test(target.tagName)) return;
    const option = shown[at]?.proposal.options[Number(event.key) - 2];
    /** @type {Record<string, () => void>} */
    const keys = {
      j: () => move(1), ArrowDown: () => move(1), n: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), p: () => move(-1),
      a: () => decide("accept"), Enter: () => decide("accept"), r: () => decide("reject"), x: () => decide("reject"), e: edit, s: retype, u: undo,
      A: () => all("accept"), R: () => all("reject"), "?": () => help.showModal(),
    };
    const act = option === undefined ? keys[event.key] : () => decide("accept", option);
    if (!act) return;
    event.preventDefault();
    act();
  });
  window.addEventListener("beforeunload", () => localStorage.setItem(shelf, JSON.stringify(unsaved)));
  void load();
}

if (el("desk")) desk();
else if (el("new")) library();
