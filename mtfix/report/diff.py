"""The explained diff on a terminal: each changed passage with its words marked, and under it every edit's reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mtfix.findings import Finding, Status, flatten, list_findings, summarize
from mtfix.report.markup import Part, Piece, mark_segments
from mtfix.sureness import describe_sureness
from mtfix.types import Document

_STYLES = {"del": "red strike", "ins": "bold green", "note": "yellow underline", "number": "cyan", "why": "dim"}
# Without colour the marks of wdiff say what was deleted and inserted.
_PLAIN = {"del": ("[-", "-]"), "ins": ("{+", "+}"), "note": ("[?", "?]")}
_MARKS = {Part.SAME: "", Part.DELETED: "del", Part.INSERTED: "ins"}
# The passage above the list shows the words in full; the list names the edit.
_LISTED = 44


def print_diffs(documents: Sequence[Document], console: Console) -> None:
    """Print the explained diffs of documents. Of several, those without a finding are only counted."""
    quiet = 0
    for document in documents:
        findings = list_findings(document)
        if findings or len(documents) == 1:
            print_diff(document, console, findings=findings)
        else:
            quiet += 1
    if quiet:
        console.print(f"{quiet} of {len(documents)} documents: no edits")


def print_diff(document: Document, console: Console, *, findings: Sequence[Finding] | None = None) -> None:
    """Print the explained diff; into a pipe or a file without the blanks that fill a terminal's lines."""
    rendered = render_diff(document, console, findings=findings)
    if console.is_terminal:
        console.print(rendered)
        return
    with console.capture() as captured:
        console.print(rendered)
    console.file.write("".join(line.rstrip() + "\n" for line in captured.get().splitlines()))


def render_diff(document: Document, console: Console, *, findings: Sequence[Finding] | None = None) -> RenderableType:
    """Return the explained diff of a document: one block for each segment that changed or has a suggestion.

    Numbers in brackets tie the marks to the reasons below. Refused edits stand in the list without a number.
    """
    found = list_findings(document) if findings is None else findings
    plain = console.color_system is None or console.no_color
    name = "standard input" if document.name == "-" else document.name
    blocks: list[RenderableType] = [
        Rule(Text(flatten(f"{name}: {summarize(found)}")), align="left", characters="-" if plain else "─")
    ]
    refused: dict[int, list[Finding]] = {}
    for f in found:
        if f.status is Status.REFUSED:
            refused.setdefault(f.segment, []).append(f)
    number = 1
    for index, pieces in enumerate(mark_segments(document, found)):
        listed = [f for p in pieces for f in p.findings]
        if listed or index in refused:
            numbers = {id(f): number + i for i, f in enumerate(listed)}
            number += len(listed)
            first = min((*listed, *refused.get(index, ())), key=lambda f: f.start)
            blocks += [
                Text(f"line {first.line}", style=_STYLES["number"]),
                Padding(mark_pieces(pieces, numbers, plain=plain), (0, 0, 0, 2)),
                Padding(list_reasons(listed, refused.get(index, ()), numbers, plain=plain), (0, 0, 1, 2)),
            ]
    return Group(*blocks)


def mark_pieces(pieces: Iterable[Piece], numbers: dict[int, int], *, plain: bool) -> Text:
    """Return a segment as one text with deletions, insertions and suggestions marked and numbered."""
    text = Text()
    for piece in pieces:
        if not piece.findings:
            text.append(flatten(piece.before))
            continue
        if piece.changed:
            parts = piece.parts()
            last = max(i for i, (part, _) in enumerate(parts) if part is not Part.SAME)
        else:
            parts, last = [(Part.SAME, piece.before)], 0
        for i, (part, words) in enumerate(parts):
            mark = _MARKS[part] if piece.changed else "note"
            _append(text, words, mark, plain)
            if i == last:
                label = ",".join(str(numbers[id(f)]) for f in piece.findings)
                text.append(f"[{label}]", style="" if plain else _STYLES["number"])
    return text


def list_reasons(
    findings: Iterable[Finding], refused: Iterable[Finding], numbers: dict[int, int], *, plain: bool
) -> Table:
    """Return one row for each edit: number, what it did, who did it and why."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="" if plain else _STYLES["number"], no_wrap=True)
    table.add_column()
    for f in (*findings, *refused):
        label = f"[{numbers[id(f)]}]" if id(f) in numbers else "-"
        table.add_row(label, Text().join(_explain(f, plain)))
    return table


def _explain(finding: Finding, plain: bool) -> Iterator[Text]:
    arrow = " -> " if plain else " → "
    before, after = _shorten(finding.before), _shorten(finding.after)
    if finding.status is Status.FLAG:
        yield Text(before, style=_STYLES["note"])
    else:
        yield Text(before, style="red")
        yield Text(arrow)
        yield Text(after, style="green")
    yield Text("  " + finding.edit.why)
    yield Text("  " + _source(finding), style=_STYLES["why"])
    if finding.status is Status.REFUSED:
        yield Text(f"  refused: {finding.reason}", style="yellow")


def _source(finding: Finding) -> str:
    parts = [finding.rule]
    if finding.status in (Status.SUGGESTED, Status.FLAG):
        parts.append("suggestion" if finding.status is Status.SUGGESTED else "flag")
    if finding.status in (Status.APPLIED, Status.SUGGESTED):
        parts.append(describe_sureness(finding.edit))
    return f"({', '.join(parts)})"


def _append(text: Text, words: str, mark: str, plain: bool) -> None:
    opening, closing = _PLAIN.get(mark, ("", "")) if plain else ("", "")
    text.append(opening + flatten(words) + closing, style="" if plain else _STYLES.get(mark, ""))


def _shorten(words: str) -> str:
    flat = flatten(words) or "(nothing)"
    if len(flat) <= _LISTED:
        return flat
    half = _LISTED // 2
    return f"{flat[:half].rsplit(' ', 1)[0]} ... {flat[-half:].split(' ', 1)[-1]}"
