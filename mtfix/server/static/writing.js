// @ts-check
import { ask, button, el, json, keep, make } from "./ask.js";
import { onCard } from "./change.js";

/** @typedef {{shelf: string, profile: () => string, close: () => void}} Page where to keep half a sentence, and what follows */

/**
 * Let the editor write on the card. A whole sentence is checked while it is typed; what is half written survives a closed tab.
 * @param {string} label @param {string} text @param {{kind: string, key: string}} what @param {Page} page @param {(text: string) => void} save
 */
export function write(label, text, what, page, save) {
  const area = /** @type {HTMLTextAreaElement} */ (make("textarea")), name = make("label", label), row = make("div", "", "row keys"), hints = make("div");
  const check = what.kind === "sentence";
  area.id = "writing";
  area.rows = check ? 6 : 2;
  area.value = text;
  name.setAttribute("for", "writing");
  hints.setAttribute("role", "status");
  const close = () => { keep(page.shelf, null); page.close(); };
  const done = () => { const value = area.value; close(); save(value); };
  area.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); done(); }
  });
  const recheck = async () => {
    const asked = area.value, { status, body } = await ask("/fix", json("POST", { text: asked, profile: page.profile() }));
    if (status !== 200 || asked !== area.value) return;
    const listed = /** @type {import("./ask.js").Proposal[]} */ (body.proposals).map((p) => {
      const line = make("p", "", "hint");
      line.append(...onCard(p), ` ${p.why}`);
      return line;
    });
    const take = () => { area.value = body.text; area.dispatchEvent(new Event("input")); area.focus(); };
    hints.replaceChildren(make("p", listed.length ? "Of this sentence mtfix would say:" : "mtfix has nothing to say of this sentence.", "faint"),
      ...listed, ...(body.text === asked ? [] : [button("Take what mtfix would write", take)]));
  };
  let timer = 0;
  area.addEventListener("input", () => {
    keep(page.shelf, { ...what, text: area.value });
    clearTimeout(timer);
    if (check) timer = window.setTimeout(() => void recheck(), 350);
  });
  row.append(button("Save", done, "Enter", "main"), button("Cancel", close, "Esc"));
  el("card").replaceChildren(name, area, row, hints);
  area.focus();
  area.select();
}
