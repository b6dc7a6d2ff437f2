// @ts-check
import { ask, button, catchFiles, el, json, kept, make, reason, sendFiles } from "./ask.js";
import { STATES, aloud, cut, inText, onCard, settled } from "./change.js";
import { Saving } from "./saving.js";
import { write } from "./writing.js";

/**
 * @typedef {import("./ask.js").Proposal} Proposal
 * @typedef {import("./ask.js").Sentence} Sentence
 * @typedef {import("./ask.js").Part} Part
 * @typedef {import("./change.js").Word} Word
 * @typedef {{part: number, proposal: Proposal, key: string, node: HTMLElement}} Item
 * @typedef {{part: number, proposal: string, text: string, verdict: string}} Step
 */

const id = el("desk").dataset.id, writing = "mtfix-writing-" + id;
const saving = new Saving(id, showConflict);
/** @type {any} */ let stored = null;
/** @type {Map<string, Word>} */ const words = new Map();
/** @type {Item[]} */ let items = [];
/** @type {Map<string, Item>} */ const known = new Map();
/** @type {Item[]} */ let shown = [];
/** @type {Map<string, {node: HTMLElement, part: number, index: number}>} */ const sentences = new Map();
/** What undoes each step of the editor; `back` takes back what was wanted from now on. @type {{steps: Step[], back?: () => void}[]} */ const history = [];
let at = -1;

/** For screen readers. @param {string} text */
const say = (text) => { el("live").textContent = text; };
/** For everybody. @param {string} text @param {HTMLElement[]} more */
function tell(text, ...more) {
  el("told").replaceChildren(text + " ", ...more);
  el("told").hidden = !text;
}
/** A rule that is off in this document has a decision of its own. @param {number} part @param {string} proposal @param {string} text */
const nameOf = (part, proposal, text = "") => (proposal === "rule" ? "rule/" + text : part + "/" + proposal);
/** @param {Item} item @returns {Word|undefined} */
const wordOn = (item) => words.get(item.key) || (words.has("rule/" + item.proposal.rules[0]) ? { verdict: "reject", text: "" } : undefined);
/** @param {Item} item */
const isModel = (item) => item.proposal.by.startsWith("model:");

/** Wait until the document was read, and show it. */
async function load() {
  let body;
  for (;;) {
    const answer = await ask("/documents/" + id);
    body = answer.body;
    if (answer.status === 404) { fail("This document was deleted."); return; }
    if (answer.status === 200 && body.failure) { fail(body.failure); return; }
    if (answer.status === 200) {
      el("reading").hidden = body.ready;
      if (body.ready) break;
      if (body.progress) el("progress").value = body.progress;
      el("reading-say").textContent = body.progress ? `Reading the document: ${Math.round(body.progress * 100)}%` : "Reading the document ...";
    }
    await new Promise((go) => setTimeout(go, answer.status === 200 ? 300 : 1500));
  }
  stored = body;
  words.clear();
  for (const d of body.decisions) words.set(nameOf(d.part, d.proposal, d.text), d);
  if (!history.length) for (const d of body.decisions) history.push({ steps: [{ part: d.part, proposal: d.proposal, text: d.proposal === "rule" ? d.text : "", verdict: "undo" }] });
  if (saving.unsaved.length) {
    for (const s of saving.unsaved) remember(s.part, s.proposal, s.verdict, s.text);
    void saving.flush();
  } else saving.begin(body.version, false);
  el("state").value = body.state;
  el("profile").value = body.profile;
  el("beside").querySelector("[value=source]").disabled = !body.source && !stored.parts.some((/** @type {Part} */ p) => p.segments.some((s) => s.source));
  draw();
  if (!saving.unsaved.length) saving.tell("Saved");
  takeUp();
}
/** @param {string} text */
function fail(text) {
  el("failure").textContent = text;
  el("failure").hidden = false;
  el("reading").hidden = true;
}

/** @param {number} part @param {string} proposal @param {string} verdict @param {string} text */
function remember(part, proposal, verdict, text) {
  const name = nameOf(part, proposal, text);
  if (verdict === "undo") words.delete(name);
  else words.set(name, { verdict, text });
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
    part.segments.forEach((s, index) => {
      if (s.first || !text) {
        const para = make("div", "", "para" + (s.kind === "heading" ? " heading" : ""));
        text = para.appendChild(make("div"));
        other = beside ? para.appendChild(make("div", "", "other")) : null;
        if (other) other.dir = "auto";
        if (other && beside === "source") other.lang = "";
        page.append(para);
      } else { text.append(" "); other?.append(" "); }
      const node = make("span", "", "sentence");
      sentences.set(number + "/" + index, { node, part: number, index });
      drawSentence(node, number, s, index, of.get(index) || []);
      text.append(node);
      other?.append(beside === "mt" ? s.mt : s.source || "");
    });
  });
  if (beside === "source" && stored.source) {
    const paras = page.querySelectorAll(".other"), lines = stored.source.split(/\n\s*\n|\n/).filter((/** @type {string} */ l) => l.trim());
    if (paras.length === lines.length) paras.forEach((p, i) => { p.textContent = lines[i]; });
    else if (paras[0]) paras[0].textContent = stored.source;
  }
  known.clear();
  for (const item of items) known.set(item.key, item);
  el("wire").classList.toggle("two", Boolean(beside));
  el("wire").classList.toggle("long", items.length > 200);
  el("wire").replaceChildren(page);
  drawOff();
  fillFilters();
  filter();
}

/** @param {HTMLElement} node @param {number} part @param {Sentence} s @param {number} index @param {Proposal[]} proposals */
function drawSentence(node, part, s, index, proposals) {
  const retyped = words.get(part + "/sentence-" + index), nodes = [];
  let done = 0;
  for (const proposal of proposals) {
    const spot = make("span", "", "prop");
    spot.setAttribute("role", "button");
    spot.tabIndex = -1;
    const item = { part, proposal, key: part + "/" + proposal.id, node: spot };
    spot.addEventListener("click", () => show(shown.indexOf(item)));
    items.push(item);
    drawItem(item);
    nodes.push(cut(s.mt, done, proposal.start - s.start), spot);
    done = proposal.end - s.start;
  }
  nodes.push(cut(s.mt, done, Infinity));
  node.classList.toggle("edited", Boolean(retyped));
  if (retyped) node.replaceChildren(make("ins", retyped.text || "∅"));
  else node.replaceChildren(...nodes);
}

/** @param {Item} item */
function drawItem(item) {
  const word = wordOn(item), kept = ["now", "dim"].filter((name) => item.node.classList.contains(name));
  item.node.className = ["prop", word ? STATES[word.verdict] : "open", ...kept].join(" ");
  item.node.replaceChildren(...inText(item.proposal, word));
  item.node.setAttribute("aria-label", aloud(item.proposal, word));
}

/** Rules that are off in this document, each with a way back. */
function drawOff() {
  const rules = [...words.keys()].filter((name) => name.startsWith("rule/")).map((name) => name.slice(5));
  el("off").hidden = !rules.length;
  el("off").replaceChildren("Off in this document: ", ...rules.map((rule) => {
    const back = button(rule, () => sayAll([{ part: 0, proposal: "rule", text: rule, verdict: "undo" }]));
    back.setAttribute("aria-label", `Take back: ${rule} is off in this document`);
    back.append(" ×");
    return back;
  }));
}

function fillFilters() {
  for (const [name, read] of /** @type {[string, (p: Proposal) => string][]} */ ([["f-rule", (p) => p.rules[0]], ["f-sure", (p) => p.sure]])) {
    const box = el(name), chosen = box.value, names = [...new Set(items.map((i) => read(i.proposal)))].sort();
    box.replaceChildren(new Option("all", ""), ...names.map((n) => new Option(n, n)));
    if (names.includes(chosen)) box.value = chosen;
  }
}

function filter() {
  const now = shown[at]?.key, state = el("f-state").value, tier = el("f-tier").value, rule = el("f-rule").value, sure = el("f-sure").value;
  shown = items.filter((i) => (!tier || i.proposal.tier === tier) && (!rule || i.proposal.rules[0] === rule) && (!sure || i.proposal.sure === sure)
    && (!state || Boolean(wordOn(i)) === (state === "decided")));
  const set = new Set(shown);
  for (const i of items) i.node.classList.toggle("dim", !set.has(i));
  const again = shown.findIndex((i) => i.key === now);
  show(again >= 0 ? again : shown.findIndex((i) => !wordOn(i)), false);
  count();
}

function count() {
  const open = items.filter((i) => !wordOn(i)).length;
  el("count").textContent = `${shown.length} of ${items.length} proposals, ${open} undecided`;
  el("decided").max = Math.max(1, items.length);
  el("decided").value = items.length - open;
}

/** @param {number} index @param {boolean} scroll */
function show(index, scroll = true) {
  const last = el("wire").querySelector(".now");
  if (last) { last.classList.remove("now"); last.tabIndex = -1; }
  at = index;
  const item = shown[at];
  if (!item) { at = -1; card(null); return; }
  item.node.classList.add("now");
  item.node.tabIndex = 0;
  if (scroll) item.node.scrollIntoView({ block: "nearest" });
  card(item);
}

/** @param {Item|null} item */
function card(item) {
  const box = el("card");
  if (!item) {
    const left = items.some((i) => !wordOn(i));
    box.replaceChildren(make("h2", left ? "No proposal is chosen" : "Everything is decided"),
      make("p", items.length ? "Press j for the next proposal, u to undo, or export the document above." : "mtfix proposes nothing for this document."));
    return;
  }
  const p = item.proposal, word = wordOn(item), rule = p.rules[0], same = items.filter((i) => i.proposal.rules[0] === rule).length;
  const head = make("div", "", "head"), change = make("p", "", "change"), row = make("div", "", "row keys"), more = make("div", "", "row"), wide = make("div", "", "row");
  const back = button("‹", () => move(-1)), on = button("›", () => move(1));
  back.setAttribute("aria-label", "Previous proposal");
  on.setAttribute("aria-label", "Next proposal");
  head.append(make("h2", `${at + 1} of ${shown.length}` + (word ? `, ${word.verdict === "edit" ? "rewritten" : STATES[word.verdict]}` : "")), back, on);
  change.append(...onCard(p));
  row.append(button(p.flag ? "Seen" : "Accept", () => decide("accept"), "a", "main"), ...(p.flag ? [] : [button("Reject", () => decide("reject"), "r")]),
    button("Edit", edit, "e"), button("Sentence", retype, "s"),
    ...(words.has(item.key) ? [button("Undo this", () => sayAll([{ part: item.part, proposal: p.id, text: "", verdict: "undo" }]))] : []));
  p.options.forEach((option, i) => { if (i < 8) more.append(button(option || "(nothing)", () => decide("accept", option), String(i + 2))); });
  if (same > 1) more.append(button(`Accept all ${same} of this ${isModel(item) ? "model" : "rule"}`, () => all("accept"), "Shift+A"), button("Reject all", () => all("reject"), "Shift+R"));
  wide.setAttribute("role", "group");
  wide.setAttribute("aria-label", "From now on");
  const own = words.get(item.key)?.verdict === "edit" && words.get(item.key)?.text;
  if (own || (isModel(item) && !p.flag)) {
    const text = own || p.after;
    wide.append(button("Always write this", () => void wantWords(item, text, "always")));
    if (!own) wide.append(button("Never here", () => neverHere(item), "Shift+H"), button("Never write this", () => void wantWords(item, text, "never")));
  } else wide.append(button("Always", () => void wantRule(rule, "always")), button("Never here", () => neverHere(item), "Shift+H"), button("Never", () => void wantRule(rule, "never")));
  const facts = make("p", "", "faint"), sure = p.sure[0].toUpperCase() + p.sure.slice(1);
  facts.append(`${sure}${p.confidence === null ? "" : ` (${Math.round(p.confidence * 100)}%)`}: `, make("code", p.rules.join(", ")));
  box.replaceChildren(head, change, make("p", p.why), facts, row, more, make("p", "From now on", "label"), wide);
  say(`${p.before || "nothing"} becomes ${p.flag ? "nothing new" : p.after || "nothing"}. ${p.why}`);
}

/** @param {Step[]} list @param {boolean} undoable @returns {boolean} whether anything was said */
function sayAll(list, undoable = true) {
  if (!list.length || saving.conflicted) return false;
  if (undoable) {
    history.push({ steps: list.map((s) => {
      const was = words.get(nameOf(s.part, s.proposal, s.text));
      return { part: s.part, proposal: s.proposal, verdict: was ? was.verdict : "undo", text: s.proposal === "rule" ? s.text : was ? was.text : "" };
    }) });
  }
  let whole = false;
  for (const s of list) {
    saving.add(s.part, s.proposal, s.verdict, s.text);
    remember(s.part, s.proposal, s.verdict, s.text);
    whole ||= s.proposal === "rule" || s.proposal.startsWith("sentence-");
    const item = known.get(nameOf(s.part, s.proposal));
    if (item) drawItem(item);
    if (item && item === shown[at]) card(item);
  }
  if (whole) draw();
  saving.shelve();
  el("state").value = "work";
  void saving.flush();
  count();
  return true;
}

/** @param {string} verdict @param {string} text */
function decide(verdict, text = "") {
  const item = shown[at];
  if (item && sayAll([{ part: item.part, proposal: item.proposal.id, verdict, text }])) move(1, true);
}

/** @param {(item: Item) => boolean} wanted @param {string} verdict @returns {Step[]} */
const decideOpen = (wanted, verdict) => items.filter((i) => wanted(i) && !wordOn(i)).map((i) => ({ part: i.part, proposal: i.proposal.id, verdict, text: "" }));

/** @param {string} verdict @param {string|undefined} rule */
function all(verdict, rule = shown[at]?.proposal.rules[0]) {
  const list = decideOpen((i) => i.proposal.rules[0] === rule, verdict);
  sayAll(list);
  tell(`${list.length} of ${rule}: ${STATES[verdict]}.`);
  move(1, true);
}

/** @param {Item|undefined} item */
function neverHere(item) {
  if (!item) return;
  const { before, after, rules } = item.proposal;
  if (isModel(item)) sayAll(decideOpen((i) => i.proposal.before === before && i.proposal.after === after, "reject"));
  else sayAll([...decideOpen((i) => i.proposal.rules[0] === rules[0], "reject"), { part: 0, proposal: "rule", verdict: "never", text: rules[0] }]);
  tell(isModel(item) ? `“${before}” stays in this document.` : `${rules[0]} is off in this document.`);
  move(1, true);
}

/** Keep what is wanted from now on, and act on it here. @param {string} path @param {Record<string, string>} what @param {string} text @param {() => void} act */
async function want(path, what, text, act) {
  const { status, body } = await ask(path, json("PUT", what));
  if (status !== 200) { tell(reason(body)); return; }
  const back = () => void ask(path, json("PUT", { ...what, verdict: "" })).then(({ status }) => tell(status === 200 ? "Taken back: as usual from now on." : "Not taken back: the server does not answer."));
  const steps = history.length;
  act();
  if (history.length > steps) history[history.length - 1].back = back;
  else history.push({ steps: [], back });
  const list = /** @type {HTMLAnchorElement} */ (make("a", "All of these"));
  list.href = "/standing";
  tell(text, button("Take back", back), list);
}

/** @param {string} rule @param {string} verdict */
const wantRule = (rule, verdict) => want("/preferences", { rule, verdict },
  verdict === "always" ? `${rule} is accepted from now on.` : `${rule} is off from now on.`, () => all(verdict === "always" ? "accept" : "reject", rule));

/** @param {Item} item @param {string} after @param {string} verdict */
function wantWords(item, after, verdict) {
  const before = item.proposal.before;
  return want("/phrases", { before, after, verdict }, verdict === "always" ? `“${before}” becomes “${after}” from now on.` : `“${before}” does not become “${after}” from now on.`, () => {
    sayAll(decideOpen((i) => i.proposal.before === before && i.proposal.after === after, verdict === "always" ? "accept" : "reject"));
    move(1, true);
  });
}

function undo() {
  const last = history.pop();
  if (!last) { say("Nothing to undo"); return; }
  sayAll(last.steps, false);
  last.back?.();
  const first = last.steps[0], index = first ? shown.findIndex((i) => i.part === first.part && i.proposal.id === first.proposal) : -1;
  if (index >= 0) show(index);
  say("Undone");
}

/** @param {number} step @param {boolean} open */
function move(step, open = false) {
  let index = at + step;
  while (open && index < shown.length && wordOn(shown[index])) index += step;
  if (open && index >= shown.length) index = shown.findIndex((i) => !wordOn(i));
  if (index < 0 && open) { show(-1); say("Everything is decided"); return; }
  show(Math.max(0, Math.min(index, shown.length - 1)));
}

const page = { shelf: writing, profile: () => String(stored.profile), close: () => { el("card").focus(); show(at, false); } };

/** Go on with what was being written when the tab was closed. */
function takeUp() {
  const found = kept(writing), index = found ? shown.findIndex((i) => i.key === found.key) : -1;
  if (index < 0) return;
  show(index);
  if (found.kind === "sentence") retype(found.text);
  else edit(found.text);
}

/** @param {unknown} begun */
function edit(begun = null) {
  const item = shown[at];
  if (!item) return;
  const word = words.get(item.key), text = typeof begun === "string" ? begun : word?.verdict === "edit" ? word.text : item.proposal.after;
  write("Write instead of “" + item.proposal.before + "”", text, { kind: "edit", key: item.key }, page,
    (value) => { sayAll([{ part: item.part, proposal: item.proposal.id, verdict: "edit", text: value }]); move(1, true); });
}

/** @param {unknown} begun */
function retype(begun = null) {
  const item = shown[at];
  if (!item) return;
  const { part, proposal } = item, name = "sentence-" + proposal.segment;
  write("The whole sentence", typeof begun === "string" ? begun : current(part, proposal.segment), { kind: "sentence", key: item.key }, page,
    (value) => sayAll([{ part, proposal: name, verdict: "edit", text: value }]));
}

/** The sentence as it is decided now. @param {number} part @param {number} index */
function current(part, index) {
  const retyped = words.get(part + "/sentence-" + index);
  if (retyped) return retyped.text;
  const s = /** @type {Sentence} */ (stored.parts[part].segments[index]);
  let text = "", done = 0;
  for (const p of /** @type {Proposal[]} */ (stored.parts[part].proposals)) {
    if (p.segment !== index) continue;
    const item = known.get(part + "/" + p.id);
    text += cut(s.mt, done, p.start - s.start) + settled(p, item && wordOn(item));
    done = p.end - s.start;
  }
  return text + cut(s.mt, done, Infinity);
}

function showConflict() {
  el("conflict").hidden = false;
  el("take-theirs").focus();
}
/** @param {boolean} mine */
async function resolve(mine) {
  const { status, body } = await ask("/documents/" + id);
  if (status !== 200) return;
  el("conflict").hidden = true;
  saving.begin(body.version, mine);
  history.length = 0;
  await load();
}

/** Show what another profile makes of the text. @param {string} profile */
async function switchProfile(profile) {
  const was = new Map([...sentences].map(([name, s]) => [name, current(s.part, s.index)])), before = items.length;
  if (!(await patch({ profile }))) { el("profile").value = stored.profile; return; }
  await load();
  const changed = [...sentences.values()].filter((s) => was.get(s.part + "/" + s.index) !== current(s.part, s.index));
  for (const s of changed) s.node.classList.add("fresh");
  tell(`Profile ${profile}: ${changed.length === 1 ? "1 sentence reads" : `${changed.length} sentences read`} differently; ${items.length} proposals, ${before} before.`,
    ...(changed.length ? [button("Show the first", () => changed[0].node.scrollIntoView({ block: "center" }))] : []));
}

/** @param {object} change @returns {Promise<boolean>} */
async function patch(change) {
  await saving.flush();
  if (saving.unsaved.length) { tell("Not changed: the server does not answer."); return false; }
  const { status, body } = await ask("/documents/" + id, json("PATCH", { version: saving.version, ...change }));
  if (status === 409) { saving.conflicted = true; showConflict(); }
  else if (status !== 200) tell(reason(body));
  else saving.version = body.version;
  return status === 200;
}

async function takeAway() {
  const to = el("export").value;
  el("export").value = "";
  if (!to) return;
  await saving.flush();
  if (saving.unsaved.length) tell("Not exported: some decisions are not saved yet.");
  else location.href = `/api/v1/documents/${id}/export?to=${to}`;
}

/** @type {HTMLDialogElement} */ const help = el("help");
el("take-theirs").addEventListener("click", () => void resolve(false));
el("keep-mine").addEventListener("click", () => void resolve(true));
el("profile").addEventListener("change", () => void switchProfile(el("profile").value));
el("state").addEventListener("change", () => void patch({ state: el("state").value }));
el("export").addEventListener("change", () => void takeAway());
for (const name of ["f-state", "f-tier", "f-rule", "f-sure"]) el(name).addEventListener("change", filter);
el("beside").addEventListener("change", draw);
el("help-open").addEventListener("click", () => help.showModal());
el("help-close").addEventListener("click", () => help.close());
catchFiles(el("wire"), (files) => { const form = new FormData(); form.set("profile", el("profile").value); void sendFiles(files, form, tell); });

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (help.open || saving.conflicted || !stored || /^(SELECT|TEXTAREA|INPUT)$/.test(target.tagName)) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "z") { event.preventDefault(); undo(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && /^(BUTTON|A|SUMMARY)$/.test(target.tagName)) return;
  const option = shown[at]?.proposal.options[Number(event.key) - 2];
  /** @type {Record<string, () => void>} */
  const keys = {
    j: () => move(1), ArrowDown: () => move(1), n: () => move(1), k: () => move(-1), ArrowUp: () => move(-1), p: () => move(-1),
    a: () => decide("accept"), Enter: () => decide("accept"), r: () => decide("reject"), x: () => decide("reject"), e: edit, s: retype, u: undo,
    A: () => all("accept"), R: () => all("reject"), H: () => neverHere(shown[at]), "?": () => help.showModal(),
  };
  const act = option === undefined ? keys[event.key] : () => decide("accept", option);
  if (!act) return;
  event.preventDefault();
  act();
});
void load();
