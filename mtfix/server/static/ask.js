// @ts-check
/**
 * What every page needs: its elements, the server, what this browser keeps, files that are dropped.
 *
 * @typedef {{id: string, segment: number, start: number, end: number, before: string, after: string, applied: boolean,
 *   options: string[], flag: boolean, rules: string[], by: string, why: string, tier: string, confidence: number|null, sure: string}} Proposal
 * @typedef {{start: number, mt: string, kind: string, first: boolean, source: string|null}} Sentence
 * @typedef {{name: string, segments: Sentence[], proposals: Proposal[], notes: string[]}} Part
 * @typedef {{status: number, body: any}} Answer
 */

/** @param {string} id @returns {any} */
export const el = (id) => document.getElementById(id);

/** @param {string} tag @param {string} text @param {string} name */
export function make(tag, text = "", name = "") {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  if (name) node.className = name;
  return node;
}

/** @param {string} label @param {() => void} act @param {string} stroke @param {string} name */
export function button(label, act, stroke = "", name = "") {
  const node = /** @type {HTMLButtonElement} */ (make("button", stroke ? label + " " : label, name));
  node.type = "button";
  if (stroke) {
    node.append(make("kbd", stroke));
    node.setAttribute("aria-keyshortcuts", stroke);
  }
  node.addEventListener("click", act);
  return node;
}

/** Status 0: the server did not answer. @param {string} path @param {RequestInit} options @returns {Promise<Answer>} */
export async function ask(path, options = {}) {
  try {
    const answer = await fetch("/api/v1" + path, { credentials: "same-origin", ...options });
    if (answer.status === 401) location.href = "/login";
    return { status: answer.status, body: answer.status === 204 ? null : await answer.json() };
  } catch {
    return { status: 0, body: { detail: "the server does not answer" } };
  }
}

/** @param {string} method @param {unknown} body @returns {RequestInit} */
export const json = (method, body) => ({ method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** @param {any} body @returns {string} */
export const reason = (body) => (typeof body?.detail === "string" ? body.detail : "the server did not take this");

/** What this browser keeps when a tab is closed; null forgets it. @param {string} name @param {unknown} value */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch { /* no room, or not allowed: the server still gets everything */ }
}

/** @param {string} name @returns {any} */
export function kept(name) {
  try { return JSON.parse(localStorage.getItem(name) || "null"); } catch { return null; }
}

/** A name that no other decision has; plain HTTP pages have no randomUUID. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16).padStart(8, "0")).join("");

/** Let files be dropped anywhere on the page. @param {HTMLElement} target @param {(files: File[]) => void} take */
export function catchFiles(target, take) {
  /** @param {DragEvent} event */
  const holds = (event) => Boolean(event.dataTransfer?.types.includes("Files"));
  for (const kind of /** @type {("dragover"|"dragleave"|"drop")[]} */ (["dragover", "dragleave", "drop"])) {
    document.addEventListener(kind, (event) => {
      if (!holds(event)) return;
      event.preventDefault();
      target.classList.toggle("dropping", kind === "dragover");
      if (kind === "drop") take([...(event.dataTransfer?.files || [])]);
    });
  }
}

/** Put files into the library. @param {File[]} files @param {FormData} form @param {(text: string) => void} say */
export async function sendFiles(files, form, say) {
  const refused = [];
  let id = "";
  for (const [number, file] of files.entries()) {
    say(files.length > 1 ? `Reading ${number + 1} of ${files.length}: ${file.name}` : `Reading ${file.name} ...`);
    form.set("file", file);
    form.delete("text");
    const { status, body } = await ask("/documents", { method: "POST", body: form });
    if (status === 201) id = body.id;
    else refused.push(files.length > 1 ? `${file.name}: ${reason(body)}` : reason(body));
  }
  if (files.length === 1 && id) location.href = "/documents/" + id;
  else say(refused.join("; ") || `${files.length} documents are in the library`);
  return id;
}
