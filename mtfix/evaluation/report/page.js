"use strict";
// The sentence browser: filters over the JSON in the page. Texts are written with textContent, never as HTML.
(() => {
  const section = document.getElementById("browser");
  if (!section) return;
  const all = JSON.parse(section.querySelector(".data").textContent);
  const form = section.querySelector("form");
  const list = section.querySelector(".list");
  const more = section.querySelector(".more");
  const count = section.querySelector(".count");
  const PAGE = 20;
  let found = [];
  let shown = 0;

  const add = (parent, tag, text, name) => {
    const node = parent.appendChild(document.createElement(tag));
    if (text) node.textContent = text;
    if (name) node.className = name;
    return node;
  };

  for (const key of ["set", "system", "by"]) {
    const values = new Set(all.flatMap((s) => s[key]));
    for (const value of [...values].sort()) add(form.elements[key], "option", value).value = value;
    form.elements[key].parentElement.hidden = values.size < 2;
  }

  const signed = (x) => (x > 0 ? "+" : x < 0 ? "−" : "") + Math.abs(x).toFixed(1);

  const show = (s) => {
    const card = add(list, "article", "", "sentence " + s.verdict);
    const meta = [s.verdict, `chrF ${signed(s.gain)}`, `TER ${signed(-s.ter)}`, s.set, s.system, s.id, s.about, s.by.join(", ")];
    add(card, "p", meta.filter(Boolean).join(" · "), "meta");
    if (s.losses.length) add(card, "p", s.losses.join("; "), "meta worse-text");
    const text = add(card, "p", "", "diff");
    if (!s.diff.length) text.textContent = "(the text of this test set is not in the result)";
    for (const [kind, piece] of s.diff) add(text, { "=": "span", "-": "del", "+": "ins" }[kind], piece);
    if (s.reference) add(card, "p", "Reference: " + s.reference, "reference");
    if (s.source) add(card, "p", "Source: " + s.source, "source");
  };

  const showMore = () => {
    for (const s of found.slice(shown, shown + PAGE)) show(s);
    shown = Math.min(shown + PAGE, found.length);
    more.hidden = shown >= found.length;
    count.textContent = `${shown} of ${found.length} sentences`;
  };

  const filter = () => {
    const want = Object.fromEntries(new FormData(form));
    const words = want.find.toLowerCase();
    found = all.filter(
      (s) =>
        (!want.why || s.why === want.why) &&
        (!want.set || s.set === want.set) &&
        (!want.system || s.system === want.system) &&
        (!want.by || s.by.includes(want.by)) &&
        (!words || (s.diff.map((d) => d[1]).join("") + s.reference + s.source).toLowerCase().includes(words)),
    );
    list.replaceChildren();
    shown = 0;
    showMore();
  };

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", showMore);
  filter();
})();
