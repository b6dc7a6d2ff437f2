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
})();
