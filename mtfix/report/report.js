// @ts-check
"use strict";
/**
 * @typedef {{start: number, end: number, before: string, text: string, verdict: string, after: string, decided: boolean}} Decision
 * @typedef {{name: string, sha256: string, decisions: Decision[]}} Decided
 */
(() => {
  /** @param {string} id */
  const el = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const root = document.documentElement;
  const tip = el("tip");
  const marks = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-edit]")]);
  /** @type {Map<string, HTMLElement[]>} */ const partners = new Map();
  for (const mark of marks) {
    const key = mark.dataset.edit || "";
    partners.set(key, [...(partners.get(key) || []), mark]);
  }
  /** @type {HTMLElement|null} */ let shown = null;

  /** @param {HTMLElement} mark */
  const alike = (mark) => partners.get(mark.dataset.edit || "") || [];

  /** @param {HTMLElement} mark */
  function show(mark) {
    hide();
    shown = mark;
    tip.replaceChildren();
    for (const id of (mark.dataset.why || "").split(" ")) {
      const row = document.getElementById(id);
      if (!row) continue;
      const entry = document.createElement("p");
      entry.textContent = row.dataset.why || "";
      const source = document.createElement("span");
      source.className = "meta";
      source.textContent = row.dataset.source || "";
      entry.append(source);
      tip.append(entry);
    }
    tip.hidden = false;
    for (const partner of alike(mark)) partner.classList.add("lit");
    const box = mark.getClientRects()[0] || mark.getBoundingClientRect();
    const width = tip.offsetWidth, height = tip.offsetHeight, edge = 8;
    const left = Math.max(edge, Math.min(box.left, root.clientWidth - width - edge));
    const below = box.bottom + edge + height < root.clientHeight || box.top < height + edge;
    tip.style.left = left + window.scrollX + "px";
    tip.style.top = (below ? box.bottom + edge : box.top - height - edge) + window.scrollY + "px";
  }

  function hide() {
    if (!shown) return;
    for (const partner of alike(shown)) partner.classList.remove("lit");
    tip.hidden = true;
    shown = null;
  }

  for (const mark of marks) {
    mark.addEventListener("mouseenter", () => show(mark));
    mark.addEventListener("mouseleave", hide);
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
    mark.addEventListener("click", () => show(mark));
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });

  /** @type {HTMLElement} */ (document.querySelector(".controls")).hidden = false;
  const only = /** @type {HTMLInputElement} */ (el("only-changed"));
  only.addEventListener("change", () => { document.body.classList.toggle("only-changed", only.checked); });

  const all = el("all-rules");
  const buttons = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("button[data-rule]")]);
  /** @param {string|null} rule */
  function filter(rule) {
    /** @type {HTMLElement|null} */ let first = null;
    document.body.classList.toggle("filtered", rule !== null);
    for (const mark of marks) {
      const match = rule !== null && (mark.dataset.rules || "").split(" ").includes(rule);
      mark.classList.toggle("match", match);
      if (match && !first) first = mark;
    }
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.rule === rule));
    all.hidden = rule === null;
    /** @type {HTMLElement|null} */ (first)?.scrollIntoView({ block: "center" });
  }
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => filter(button.getAttribute("aria-pressed") === "true" ? null : button.dataset.rule || null));
  }
  all.addEventListener("click", () => filter(null));

  // Accept and reject: the report is a desk without a server, and what was decided leaves it as a file.
  /** @type {Decided[]} */ const documents = JSON.parse(el("proposals").textContent || "[]");
  if (!documents.length) return;
  const spots = marks.filter((mark) => mark.hasAttribute("tabindex"));
  const save = el("save"), count = el("decided");
  /** @type {[HTMLElement, Decision][]} */ const past = [];
  let unsaved = false;
  el("keys").hidden = save.hidden = count.hidden = false;

  /** The id of a mark names its document: e0-1 is the first edit of the first one. @param {HTMLElement} mark */
  function find(mark) {
    const start = Number(mark.dataset.start), owner = documents[Number((mark.dataset.edit || "").slice(1).split("-")[0])];
    return owner.decisions.find((d) => d.start <= start && (start < d.end || start === d.start));
  }
  function draw() {
    for (const mark of marks) {
      const d = find(mark);
      mark.classList.toggle("taken", Boolean(d?.decided && d.verdict === "accept"));
      mark.classList.toggle("left", Boolean(d?.decided && d.verdict === "reject"));
    }
    const decided = documents.map((owner) => owner.decisions.filter((d) => d.decided).length).reduce((a, b) => a + b, 0);
    count.textContent = `${decided} of ${documents.map((owner) => owner.decisions.length).reduce((a, b) => a + b, 0)} decided`;
  }
  /** @param {HTMLElement} mark @param {"accept"|"reject"} verdict */
  function decide(mark, verdict) {
    const d = find(mark);
    if (!d) return;
    past.push([mark, { ...d }]);
    Object.assign(d, { verdict, text: verdict === "accept" ? d.after : d.before, decided: true });
    unsaved = true;
    draw();
    move(1);
  }
  /** @param {number} step */
  function move(step) {
    const at = spots.findIndex((spot) => spot === document.activeElement);
    const next = spots[Math.max(0, Math.min(spots.length - 1, at < 0 ? 0 : at + step))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  function undo() {
    const last = past.pop();
    if (!last) return;
    const d = find(last[0]);
    if (d) Object.assign(d, last[1]);
    draw();
    last[0].focus();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    const now = spots.find((spot) => spot === document.activeElement);
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "a" && now) decide(now, "accept");
    else if (event.key === "r" && now) decide(now, "reject");
    else if (event.key === "u") undo();
    else return;
    event.preventDefault();
  });
  save.addEventListener("click", () => {
    const content = JSON.stringify({ "mtfix-decisions": 1, documents }, null, 1);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    link.download = "decisions.json";
    link.click();
    URL.revokeObjectURL(link.href);
    unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  draw();
})();
