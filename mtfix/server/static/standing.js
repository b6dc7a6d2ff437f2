// @ts-check
import { ask, button, el, json, make, reason } from "./ask.js";

/** @param {string} path @param {Record<string, string>} what @param {string} name */
async function takeBack(path, what, name) {
  const { status, body } = await ask(path, json("PUT", { ...what, verdict: "" }));
  el("say").textContent = status === 200 ? `${name}: as usual again` : reason(body);
  await list();
}

/** @param {string} verdict @param {Node[]} what @param {string} path @param {Record<string, string>} key @param {string} name */
function row(verdict, what, path, key, name) {
  const node = make("li"), words = make("span", "", "grow"), back = button("Take back", () => void takeBack(path, key, name));
  back.setAttribute("aria-label", `Take back: ${verdict} ${name}`);
  words.append(...what);
  node.append(make("strong", verdict), words, back);
  return node;
}

async function list() {
  const [rules, phrases] = await Promise.all([ask("/preferences"), ask("/phrases")]);
  if (rules.status !== 200 || phrases.status !== 200) return;
  const named = Object.entries(rules.body).sort().map(([rule, verdict]) => row(String(verdict), [make("code", rule)], "/preferences", { rule }, rule));
  const worded = phrases.body.map((/** @type {Record<string, string>} */ p) =>
    row(p.verdict, [make("del", p.before), document.createTextNode(" → "), make("ins", p.after || "nothing")], "/phrases", { before: p.before, after: p.after }, p.before));
  el("wishes").replaceChildren(...named, ...worded);
  el("none").hidden = named.length + worded.length > 0;
}

void list();
