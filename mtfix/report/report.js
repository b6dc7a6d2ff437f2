"use strict";
(() => {
  const root = document.documentElement;
  const tip = document.getElementById("tip");
  const marks = [...document.querySelectorAll("[data-edit]")];
  const partners = new Map();
  for (const mark of marks) {
    const key = mark.dataset.edit;
    if (!partners.has(key)) partners.set(key, []);
    partners.get(key).push(mark);
  }
  let shown = null;

  function show(mark) {
    hide();
    shown = mark;
    tip.replaceChildren();
    for (const id of mark.dataset.why.split(" ")) {
      const row = document.getElementById(id);
      if (!row) continue;
      const entry = document.createElement("p");
      entry.textContent = row.dataset.why;
      const source = document.createElement("span");
      source.className = "meta";
      source.textContent = row.dataset.source;
      entry.append(source);
      tip.append(entry);
    }
    tip.hidden = false;
    for (const partner of partners.get(mark.dataset.edit)) partner.classList.add("lit");
    const box = mark.getClientRects()[0] || mark.getBoundingClientRect();
    const width = tip.offsetWidth, height = tip.offsetHeight, edge = 8;
    const left = Math.max(edge, Math.min(box.left, root.clientWidth - width - edge));
    const below = box.bottom + edge + height < root.clientHeight || box.top < height + edge;
    tip.style.left = left + window.scrollX + "px";
    tip.style.top = (below ? box.bottom + edge : box.top - height - edge) + window.scrollY + "px";
  }

  function hide() {
    if (!shown) return;
    for (const partner of partners.get(shown.dataset.edit)) partner.classList.remove("lit");
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

  document.querySelector(".controls").hidden = false;
  document.getElementById("only-changed").addEventListener("change", (event) => {
    document.body.classList.toggle("only-changed", event.target.checked);
  });

  const all = document.getElementById("all-rules");
  const buttons = [...document.querySelectorAll("button[data-rule]")];
  function filter(rule) {
    let first = null;
    document.body.classList.toggle("filtered", rule !== null);
    for (const mark of marks) {
      const match = rule !== null && mark.dataset.rules.split(" ").includes(rule);
      mark.classList.toggle("match", match);
      if (match && !first) first = mark;
    }
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.rule === rule));
    all.hidden = rule === null;
    if (first) first.scrollIntoView({ block: "center" });
  }
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => filter(button.getAttribute("aria-pressed") === "true" ? null : button.dataset.rule));
  }
  all.addEventListener("click", () => filter(null));

  // Accept and reject: the report is a desk without a server, and what was decided leaves it as a file.
  const documents = JSON.parse(document.getElementById("proposals").textContent);
  if (!documents.length) return;
  const spots = [...document.querySelectorAll("[data-edit][tabindex]")];
  const save = document.getElementById("save"), count = document.getElementById("decided");
  const past = [];
  document.getElementById("keys").hidden = save.hidden = count.hidden = false;

  // The id of a mark names its document: e0-1 is the first edit of the first one.
  function find(mark) {
    const start = Number(mark.dataset.start), owner = documents[Number(mark.dataset.edit.slice(1).split("-")[0])];
    return owner.decisions.find((d) => d.start <= start && (start < d.end || start === d.start));
  }
  function draw() {
    let number = 0;
    for (const mark of marks) {
      const d = find(mark);
      mark.classList.toggle("taken", Boolean(d && d.decided && d.verdict === "accept"));
      mark.classList.toggle("left", Boolean(d && d.decided && d.verdict === "reject"));
    }
    for (const owner of documents) number += owner.decisions.filter((d) => d.decided).length;
    count.textContent = `${number} decided`;
  }
  function decide(mark, verdict) {
    const d = find(mark);
    if (!d) return;
    past.push([mark, { ...d }]);
    Object.assign(d, { verdict, text: verdict === "accept" ? d.after : d.before, decided: true });
    draw();
    move(1);
  }
  function move(step) {
    const at = spots.indexOf(document.activeElement);
    const next = spots[Math.max(0, Math.min(spots.length - 1, at < 0 ? 0 : at + step))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    const now = spots.includes(document.activeElement) ? document.activeElement : null;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "a" && now) decide(now, "accept");
    else if (event.key === "r" && now) decide(now, "reject");
    else if (event.key === "u" && past.length) {
      const [mark, was] = past.pop();
      Object.assign(find(mark), was);
      draw();
      mark.focus();
    } else return;
    event.preventDefault();
  });
  save.addEventListener("click", () => {
    const content = JSON.stringify({ "mtfix-decisions": 1, documents }, null, 1);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    link.download = "decisions.json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  draw();
})();
