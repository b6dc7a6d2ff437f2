// @ts-check
import { ask, button, catchFiles, el, keep, kept, make, reason, sendFiles } from "./ask.js";

/** @typedef {{id: string, name: string, state: "new"|"work"|"done", updated: string, format: string, profile: string}} Listed */

const STATES = { new: "new", work: "in work", done: "done" };
const DRAFT = "mtfix-draft"; // a text that was pasted and not sent survives a closed tab
const form = /** @type {HTMLFormElement} */ (el("new"));

/** @param {string} text */
const say = (text) => { el("say").textContent = text; };

/** @param {File[]} files */
async function send(files) {
  if (files.length) {
    await sendFiles(files, new FormData(form), say);
    el("file").value = "";
    void list();
    return;
  }
  const data = new FormData(form);
  data.delete("file");
  say("Reading ...");
  const { status, body } = await ask("/documents", { method: "POST", body: data });
  if (status === 201) {
    keep(DRAFT, null);
    location.href = "/documents/" + body.id;
  } else say(status ? reason(body) : "The server does not answer. Your text is still here; try again.");
}

async function list() {
  const query = new URLSearchParams({ search: el("search").value, state: el("state").value });
  const { status, body } = await ask("/documents?" + query);
  if (status !== 200) return;
  const documents = /** @type {Listed[]} */ (body);
  el("none").hidden = documents.length > 0;
  el("none").textContent = el("search").value || el("state").value ? "No document is like this." : "No documents yet.";
  el("documents").replaceChildren(...documents.map((d) => {
    const row = make("li"), link = /** @type {HTMLAnchorElement} */ (make("a", d.name)), time = make("time", new Date(d.updated).toLocaleString(), "faint");
    link.href = "/documents/" + d.id;
    time.setAttribute("datetime", d.updated);
    const drop = button("Delete", () => void remove(d));
    drop.setAttribute("aria-label", "Delete " + d.name);
    row.append(link, make("span", STATES[d.state], "state " + d.state), make("span", `${d.format}, ${d.profile}`, "faint"), time, drop);
    return row;
  }));
}

/** @param {Listed} d */
async function remove(d) {
  if (!confirm(`Delete “${d.name}” and every decision on it?`)) return;
  const { status, body } = await ask("/documents/" + d.id, { method: "DELETE" });
  if (status !== 204) say(reason(body));
  void list();
}

form.addEventListener("submit", (event) => { event.preventDefault(); void send([]); });
form.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); });
el("file").addEventListener("change", () => void send([...el("file").files]));
catchFiles(form, (files) => void send(files));
const draft = kept(DRAFT);
if (draft && !el("text").value) {
  el("text").value = draft.text;
  el("source").value = draft.source;
}
form.addEventListener("input", () => keep(DRAFT, { text: el("text").value, source: el("source").value }));
let timer = 0;
el("search").addEventListener("input", () => { clearTimeout(timer); timer = window.setTimeout(list, 200); });
el("state").addEventListener("change", list);
void list();
