from __future__ import annotations

import io

from hypothesis import given
from rich.console import Console

from mtfix.report.diff import print_diff
from mtfix.types import Document, Edit, Refusal, Segment, Step, Tier
from tests.report.documents import documents


def show(document: Document, *, colour: bool = False, width: int = 80) -> str:
    stream = io.StringIO()
    system = "truecolor" if colour else None
    console = Console(file=stream, width=width, force_terminal=colour, color_system=system, no_color=False)  # type: ignore[arg-type]
    print_diff(document, console)
    return stream.getvalue()


def wire(*steps: Step, text: str = "About 2,5 million persons came.") -> Document:
    segment = Segment(text, text)
    for step in steps:
        segment = segment.add(step)
    return Document("wire.txt", (segment, Segment("Untouched.", "Untouched.")), ("", " ", "\n"))


def test_marks_numbers_and_reasons() -> None:
    edit = Edit(6, 17, "2.5 million", "rule:COMMA", "Russian writes a decimal comma.")
    offer = Edit(18, 25, "people", "model:m@1", "Fluency.", Tier.SUGGEST, 0.5)
    refused = Refusal(Edit(0, 5, "Over", "rule:R", "r"), "it would change the meaning")
    assert show(wire(Step("pre", (edit,), (offer,), (refused,)))).splitlines() == [
        "wire.txt: 1 edit, 1 suggestion, 1 refusal " + "-" * 38,
        "line 1",
        "  About [-2,5-]{+2.5+} million[1] [?persons?][2] came.".replace("} million[1]", "}[1] million"),
        "  [1] 2,5 million -> 2.5 million  Russian writes a decimal comma.  (COMMA, sure)",
        "  [2] persons -> people  Fluency.  (model:m@1, suggestion, likely, 50%)",
        "    - About -> Over  r  (R)  refused: it would change the meaning",
        "",
    ]


def test_untouched_document_is_one_line() -> None:
    assert show(wire()).splitlines() == ["wire.txt: no edits " + "-" * 61]


def test_colour_takes_the_place_of_the_marks() -> None:
    out = show(wire(Step("pre", (Edit(6, 9, "2.5", "rule:X", "x"),))), colour=True)
    assert "\x1b[31;9m2,5" in out or "\x1b[9;31m2,5" in out
    assert "[-" not in out


@given(documents())
def test_lines_fit_and_no_control_character_gets_through(document: Document) -> None:
    out = show(document, width=60)
    assert all(len(line) <= 60 for line in out.splitlines())
    assert all(c == "\n" or c.isprintable() for c in out)


def test_square_brackets_of_the_text_are_not_markup() -> None:
    out = show(wire(Step("pre", (Edit(0, 1, "[/bold]", "rule:X", "[red]why[/red]"),)), text="[bold]a[/bold]"))
    assert "{+[/+}" in out or "[/bold]" in out
    assert "[red]why[/red]" in out
