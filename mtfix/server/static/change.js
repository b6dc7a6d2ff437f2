// @ts-check
import { make } from "./ask.js";

/**
 * How a proposal looks, before and after somebody decided on it.
 *
 * @typedef {import("./ask.js").Proposal} Proposal
 * @typedef {{verdict: string, text: string}} Word
 */

export const STATES = /** @type {Record<string, string>} */ ({ accept: "accepted", reject: "rejected", edit: "edited" });

/** Cut a text at offsets in code points. @param {string} text @param {number} from @param {number} to */
export function cut(text, from, to) {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text).slice(from, to).join("") : text.slice(from, to);
}

/** What both sides share at their ends, in whole words. @param {string} before @param {string} after */
export function trim(before, after) {
  const a = before.split(/(\s+)/), b = after.split(/(\s+)/);
  let head = 0, tail = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return {
    head: a.slice(0, head).join(""), old: a.slice(head, a.length - tail).join(""),
    now: b.slice(head, b.length - tail).join(""), tail: a.slice(a.length - tail).join(""),
  };
}

/** What stands at a proposal's place. @param {Proposal} p @param {Word|undefined} word */
export function settled(p, word) {
  if (!word) return p.applied ? p.after : p.before;
  if (word.verdict === "reject") return p.before;
  return word.text || (word.verdict === "edit" ? "" : p.after);
}

/** The proposal in the text: deleted, inserted, marked words. @param {Proposal} p @param {Word|undefined} word @returns {(Node|string)[]} */
export function inText(p, word) {
  if (!word && (p.flag || !p.applied)) return [make("mark", p.before || "‸")];
  const text = settled(p, word);
  if (word?.verdict === "reject" || (p.flag && text === p.before)) return [text];
  const t = trim(p.before, text), parts = /** @type {(Node|string)[]} */ ([]);
  if (t.head) parts.push(t.head);
  if (!word && t.old) parts.push(make("del", t.old));
  if (t.now || word) parts.push(make("ins", t.now || "‸"));
  if (t.tail) parts.push(t.tail);
  return parts;
}

/** The proposal on the card. @param {Proposal} p @returns {(Node|string)[]} */
export function onCard(p) {
  if (p.flag) return [make("mark", p.before)];
  const t = trim(p.before, p.after);
  return [t.head, ...(t.old ? [make("del", t.old)] : []), t.old && t.now ? " " : "", ...(t.now ? [make("ins", t.now)] : []), t.tail];
}

/** The proposal for a screen reader. @param {Proposal} p @param {Word|undefined} word */
export function aloud(p, word) {
  const state = word ? STATES[word.verdict] : "undecided";
  return `${p.before || "nothing"} becomes ${p.flag && !word?.text ? "the same, look at it" : (word && settled(p, word)) || p.after || "nothing"}, ${state}`;
}
