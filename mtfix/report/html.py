"""The HTML report: one file, no network; before and after side by side, and the reason of every edit.

Everything that comes from a document, a rule or a path is escaped. The page's policy (CSP) names its own style and
script by hash, so no other script runs whatever the text holds.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources
from string import Template
from typing import Any

from mtfix.findings import Finding, Status, count_rules, list_findings, summarize
from mtfix.report.markup import Part, Piece, mark_segments
from mtfix.sureness import describe_sureness
from mtfix.types import Document, Kind


def render_html(
    documents: Sequence[Document], *, version: str, configuration: str = "", proposals: Sequence[Mapping[str, Any]] = ()
) -> str:
    """Return the report on ``documents``, which have been through the pipeline; ``configuration`` is shown as it is.

    With ``proposals`` (one entry a document, see `mtfix.decisions.describe_proposals`) its reader can accept and reject
    edits, and save the decisions.
    """
    folder = resources.files("mtfix.report")
    style = (folder / "report.css").read_text(encoding="utf-8")
    script = (folder / "report.js").read_text(encoding="utf-8")
    listed = [list_findings(d) for d in documents]
    together = [f for found in listed for f in found]
    title = _name(documents[0]) if len(documents) == 1 else f"{len(documents)} documents"
    # Of several documents (files, records of a table) those without a finding are only counted.
    quiet = sum(not found for found in listed) if len(documents) > 1 else 0
    segments = sum(len(d.segments) for d in documents)
    return Template((folder / "template.html").read_text(encoding="utf-8")).substitute(
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        version=escape(version),
        title=escape(f"{title}: mtfix"),
        heading=escape(title),
        facts=escape(
            f"{segments} segments, {summarize(together)}" + f", {quiet} documents without edits" * bool(quiet)
        ),
        configuration=escape(configuration),
        # Data, not a script: nothing in it may end the element that holds it.
        proposals=json.dumps(list(proposals), ensure_ascii=False).replace("<", "\\u003c"),
        documents="\n".join(
            _render_document(n, d, found, named=len(documents) > 1)
            for n, (d, found) in enumerate(zip(documents, listed, strict=True))
            if found or len(documents) == 1
        ),
        rules=_render_rules(together),
    )


def _name(document: Document) -> str:
    return "Standard input" if document.name == "-" else document.name


def _hash(content: str) -> str:
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _render_document(number: int, document: Document, findings: Sequence[Finding], *, named: bool) -> str:
    """One document: pairs of paragraphs, then its edits, suggestions and refusals as tables."""
    pieces = mark_segments(document, findings)
    # Marks and table rows are tied by these ids; refusals come last, for no mark carries them.
    shown = [f for segment in pieces for p in segment for f in p.findings]
    ids = {id(f): f"e{number}-{i}" for i, f in enumerate(shown, 1)}
    rows: list[str] = []
    for paragraph in document.paragraphs():
        before: list[str] = []
        after: list[str] = []
        changed = False
        for i in paragraph:
            gap = document.gaps[i] if i > paragraph.start else ""
            sides = [_render_piece(p, ids) for p in pieces[i]]
            before += [escape(gap), *(s[0] for s in sides)]
            after += [escape(gap), *(s[1] for s in sides)]
            changed = changed or any(p.findings for p in pieces[i])
        is_heading = document.segments[paragraph.start].kind is Kind.HEADING
        classes = " ".join(("pair", *["heading"] * is_heading, *["same"] * (not changed)))
        rows.append(
            f'<div class="{classes}"><p><span class="label">Before</span>{"".join(before)}</p>'
            f'<p><span class="label">After</span>{"".join(after)}</p></div>'
        )
    heading = f"<h2>{escape(_name(document))}</h2>" if named else ""
    meta = f'<p class="meta">{escape(summarize(findings))}</p>' if named else ""
    notes = "".join(f'<p class="meta">{escape(note)}</p>' for note in document.notes)
    top = '<div class="pair top"><span class="label">Before</span><span class="label">After</span></div>'
    body = "\n".join(rows) or '<p class="meta">Nothing to repair: the document has no text.</p>'
    return (
        f'<section aria-label="{escape(_name(document))}">{heading}{meta}{notes}{top}\n{body}\n'
        + _render_edits("Edits", [f for f in shown if f.status is Status.APPLIED], ids)
        + _render_edits("Suggestions", [f for f in shown if f.status is not Status.APPLIED], ids)
        + _render_refusals([f for f in findings if f.status is Status.REFUSED])
        + "</section>"
    )


def _render_piece(piece: Piece, ids: dict[int, str]) -> tuple[str, str]:
    """Return both sides of a piece; the right one can be focused and is described by its rows in the tables."""
    if not piece.findings:
        same = escape(piece.before)
        return same, same
    own = [ids[id(f)] for f in piece.findings]
    rules = " ".join(dict.fromkeys(f.rule for f in piece.findings))
    start = min(f.start for f in piece.findings)
    left = f'data-edit="{own[0]}" data-start="{start}" data-why="{" ".join(own)}" data-rules="{escape(rules)}"'
    right = f'{left} tabindex="0" aria-describedby="{" ".join(own)}"'
    links = "".join(f'<a href="#{i}" tabindex="-1">{i.rpartition("-")[2]}</a> ' for i in own).strip()
    number = f"<sup>{links}</sup>"
    if not piece.changed:
        text = escape(piece.before) or "\N{CARET}"
        return f"<mark {left}>{text}</mark>", f"<mark {right}>{text}</mark>{number}"
    before: list[str] = []
    after: list[str] = []
    parts = piece.parts()
    inserted = [i for i, (part, _) in enumerate(parts) if part is Part.INSERTED]
    for i, (part, words) in enumerate(parts):
        text = escape(words)
        if part is Part.SAME:
            before.append(text)
            after.append(text)
        elif part is Part.DELETED:
            before.append(_wrap(words, "del", left))
            if not inserted:
                after.append(f'<ins class="gone" {right}></ins>{number}')
                inserted = [-1]
        else:
            after.append(_wrap(words, "ins", right if i == inserted[0] else left))
            after.append(number if i == inserted[-1] else "")
    return "".join(before), "".join(after)


def _wrap(words: str, tag: str, attributes: str) -> str:
    """Return marked words; blanks at their start stay outside the mark, where they look like what they are."""
    marked = words.lstrip() or words
    return escape(words.removesuffix(marked)) + f"<{tag} {attributes}>{escape(marked)}</{tag}>"


def _render_edits(title: str, findings: Sequence[Finding], ids: dict[int, str]) -> str:
    if not findings:
        return ""
    rows = []
    for f in findings:
        own = ids[id(f)]
        rows.append(
            f'<tr id="{own}" data-why="{escape(f.edit.why)}" data-source="{escape(_source(f))}">'
            f'<td class="n" data-label="No.">{own.rpartition("-")[2]}</td>'
            f'<td class="n" data-label="Line">{f.line}:{f.column}</td>'
            f'<td class="quoted">{_change(f)}</td>'
            f'<td>{escape(f.edit.why)}<span class="meta"><code>{escape(_source(f))}</code></span></td></tr>'
        )
    head = '<th class="n">No.</th><th class="n">Line</th><th>Change</th><th>Why</th>'
    return _table(title, head, rows)


def _render_refusals(findings: Sequence[Finding]) -> str:
    """What was proposed and turned down."""
    rows = [
        f'<tr><td class="n" data-label="Line">{f.line}:{f.column}</td><td class="quoted">{_change(f)}</td>'
        f"<td>{escape(f.reason)}</td><td><code>{escape(f.rule)}</code></td></tr>"
        for f in findings
    ]
    return _table("Refused", '<th class="n">Line</th><th>Change</th><th>Reason</th><th>By</th>', rows) if rows else ""


def _render_rules(findings: Iterable[Finding]) -> str:
    rows = []
    for count in count_rules(findings):
        name = count.by.removeprefix("rule:")
        marked = count.applied + count.suggested
        button = f' <button type="button" data-rule="{escape(name)}" aria-pressed="false" hidden>Show</button>'
        rows.append(
            f"<tr><td><code>{escape(name)}</code>{button if marked else ''}</td>"
            f'<td class="n" data-label="Applied">{count.applied}</td>'
            f'<td class="n" data-label="Suggested">{count.suggested}</td>'
            f'<td class="n" data-label="Refused">{count.refused}</td><td>{escape(count.why)}</td></tr>'
        )
    head = '<th>By</th><th class="n">Applied</th><th class="n">Suggested</th><th class="n">Refused</th><th>Why</th>'
    return _table("", head, rows) if rows else '<p class="meta">No rule fired.</p>'


def _table(title: str, head: str, rows: Sequence[str]) -> str:
    caption = f"<h3>{title}</h3>" if title else ""
    body = "\n".join(rows)
    return (
        f'{caption}<div class="scroll"><table class="stack"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _change(finding: Finding) -> str:
    if finding.status is Status.FLAG:
        return f"<mark>{escape(finding.before)}</mark>"
    tags = {Part.SAME: "{}", Part.DELETED: "<del>{}</del>", Part.INSERTED: "<ins>{}</ins>"}
    parts = Piece(finding.before, finding.after).parts()
    arrow = ' <span class="arrow">→</span> ' if all(part is not Part.SAME for part, _ in parts) else ""
    return arrow.join(tags[part].format(escape(words)) for part, words in parts)


def _source(finding: Finding) -> str:
    parts = [finding.rule, {Status.SUGGESTED: "suggested", Status.FLAG: "flag"}.get(finding.status, "")]
    if finding.status in (Status.APPLIED, Status.SUGGESTED):
        parts.append(describe_sureness(finding.edit))
    return ", ".join(p for p in parts if p)
