"""PowerPoint presentations: edits over runs, slides in their order, what is no prose is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mtfix.errors import InputError
from mtfix.formats.registry import ReadOptions, find_format
from mtfix.types import Edit, Kind, Step
from tests.formats.packages.samples import build_pptx, list_texts, pack, read, relate, shape, strip_text, unpack
from tests.formats.replacing import replace_words, write_replaced

SLIDE = "ppt/slides/slide1.xml"
BOLD = '<a:rPr lang="en-US" b="1"/>'


def run(text: str, properties: str = "") -> str:
    return f"<a:r>{properties}<a:t>{text}</a:t></a:r>"


def fix(slide: str, words: dict[str, str]) -> str:
    """Return what becomes of a slide in which words are replaced."""
    data = build_pptx(slide)
    old, new = (unpack(one)[SLIDE].decode() for one in (data, write_replaced(read(data, "pptx"), words)))
    at = old.index(slide)
    assert new.startswith(old[:at])
    assert new.endswith(old[at + len(slide) :])
    return new[at : len(new) - len(old) + at + len(slide)]


@pytest.mark.parametrize(
    ("before", "words", "after"),
    [
        (run("On rose."), {"On": "It"}, run("It rose.")),
        (run("by ") + run("2,5", BOLD) + run(" million"), {"2,5": "2.5"}, run("by ") + run("2.5", BOLD) + run(" million")),
        (run("by 2,5") + run(" thousand", BOLD) + run(" rubles"), {"2,5 thousand": "2,500"},
         run("by 2,500") + run("", BOLD) + run(" rubles")),
        (run("the terri", BOLD) + run("tory of Omsk"), {"the territory of Omsk": "Omsk"}, run("", BOLD) + run("Omsk")),
        (run("R&amp;D is the old way"), {"old way": "way & <means>"}, run("R&amp;D is the way &amp; &lt;means&gt;")),
        ("\n " + run("On ") + "\n " + run("rose.") + "\n", {"On rose": "It fell"}, "\n " + run("It ") + "\n " + run("fell.") + "\n"),
        (run("It rained.") + "<a:br/>" + run("On snowed."), {"On": "It"}, run("It rained.") + "<a:br/>" + run("It snowed.")),
        (run("See slide ") + '<a:fld id="{1}" type="slidenum"><a:rPr/><a:t>On</a:t></a:fld>' + run(" and On."), {"On": "It"},
         run("See slide ") + '<a:fld id="{1}" type="slidenum"><a:rPr/><a:t>On</a:t></a:fld>' + run(" and It.")),
        (run("It rose and then ") + run("On fell", '<a:rPr strike="sngStrike"/>') + run(", On said."), {"On": "he"},
         run("It rose and then ") + run("On fell", '<a:rPr strike="sngStrike"/>') + run(", he said.")),
        (run("It rose and then ") + run("On fell", '<a:rPr lang="ru-RU"/>') + run(", On said."), {"On": "he"},
         run("It rose and then ") + run("On fell", '<a:rPr lang="ru-RU"/>') + run(", he said.")),
        (run("the old") + "<a14:m xmlns:a14='x'><b>On</b></a14:m>" + run(" way On"), {"On": "it", "old": "new"},
         run("the new") + "<a14:m xmlns:a14='x'><b>On</b></a14:m>" + run(" way it")),
        (run("On fell", '<a:rPr lang="ru-RU"/>'), {"On": "It"}, run("It fell", '<a:rPr lang="ru-RU"/>')),
    ],
)  # fmt: skip
def test_an_edit_changes_only_its_words(before: str, words: dict[str, str], after: str) -> None:
    assert fix(shape(before), words) == shape(after)


def test_new_text_beside_a_field_gets_a_run() -> None:
    field = '<a:fld id="{1}" type="slidenum"><a:t>5</a:t></a:fld>'
    data = build_pptx(shape(field + field + run(" came.")))
    container = read(data, "pptx")
    (document,) = container.documents
    (segment,) = document.segments
    fixed = document.replace_segments([segment.add(Step("t", (Edit(0, 0, "The <", "rule:T", "A test."),)))])
    new = unpack(container.write([fixed]))[SLIDE].decode()
    assert shape("<a:r><a:t>The &lt;</a:t></a:r>" + field + field + run(" came.")) in new


@pytest.mark.parametrize(
    "slide",
    [
        shape(run("On rose."), placeholder="sldNum"),
        shape(run("On rose."), placeholder="ftr"),
        f"<mc:AlternateContent xmlns:mc='m'><mc:Choice>{shape(run('On rose.'))}</mc:Choice></mc:AlternateContent>",
        "<p:graphicFrame><a:graphic><a:graphicData><c:chart xmlns:c='c'><a:p><a:r><a:t>On rose.</a:t></a:r></a:p></c:chart>"
        "</a:graphicData></a:graphic></p:graphicFrame>",
    ],
)
def test_what_is_no_prose_of_the_slide_stays(slide: str) -> None:
    assert fix(slide + shape(run("It fell.")), {"On": "It", "fell": "rose"}) == slide + shape(run("It rose."))


def test_slides_come_in_their_order_with_notes_tables_and_titles() -> None:
    table = (
        "<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr><a:tc><a:txBody><a:p>"
        f"{run('A cell')}</a:p></a:txBody></a:tc></a:tr></a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    )
    data = build_pptx(
        shape(run("It came second.")) + table,
        shape(run("First"), placeholder="title"),
        notes=shape(run("It is a note.")),
    )
    assert list_texts(data, "pptx") == ["First", "It came second.", "A cell", "It is a note."]
    kinds = [segment.kind for segment in read(data, "pptx").documents[0].segments]
    assert kinds == [Kind.HEADING, Kind.SENTENCE, Kind.ITEM, Kind.SENTENCE]
    written = unpack(write_replaced(read(data, "pptx"), {"note": "remark"}))
    assert {name for name, content in unpack(data).items() if written[name] != content} == {
        "ppt/notesSlides/notesSlide1.xml"
    }


GOOD = unpack(build_pptx(shape(run("It rained."))))
ENTITY = b'<!DOCTYPE a [<!ENTITY b "c">]>'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"It rained.", r"is no ZIP archive, not a PowerPoint presentation \(pptx\)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"old PowerPoint file \(.ppt\) or has a password"),
        (pack(GOOD)[:400], "damaged ZIP archive"),
        (pack({"a.txt": b"x"}), "has no ppt/presentation.xml"),
        (pack({**GOOD, "ppt/presentation.xml": b"<html/>"}), "presentation.xml holds <html>"),
        (pack({k: v for k, v in GOOD.items() if k != SLIDE}), "has no slide 'r1'"),
        (pack({**GOOD, "ppt/_rels/presentation.xml.rels": relate().encode()}), "has no slide 'r1'"),
        (pack({**GOOD, SLIDE: GOOD[SLIDE][:-5]}), r"slide1.xml:2:\d+: not valid XML"),
        (pack({**GOOD, SLIDE: ENTITY + b"<a>&b;</a>"}), "document types and entities are refused"),
        (pack({**GOOD, "_rels/.rels": ENTITY + b"<a/>"}), "document types and entities are refused"),
        (pack({**GOOD, "ppt/media/x": bytes(20_000_000)}), "would inflate"),
        (pack({**GOOD, "../evil": b"x"}), "leads out of the archive"),
    ],
)  # fmt: skip
def test_hostile_files_are_refused_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        find_format("pptx").load().read(data, "wire.pptx", ReadOptions())
    assert str(caught.value).startswith("wire.pptx: ")
    assert "\n" not in str(caught.value)


PIECES = [run("On "), run(" in "), run("came ", BOLD), "<a:br/>", run("O"), run("n "), run("&amp;"), "\n", run(". "),
          '<a:fld id="{1}"><a:t>On</a:t></a:fld>', run("On ", '<a:rPr strike="dblStrike"/>')]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=10), min_size=1, max_size=3))
def test_text_outside_edits_stays(drawn: list[list[str]]) -> None:
    data = build_pptx(shape(*("".join(pieces) for pieces in drawn)))
    container = read(data, "pptx")
    assert container.write(container.documents) == data
    written = write_replaced(container, {"On": "It", " in ": " at "})
    new, old = (unpack(one)[SLIDE].decode() for one in (written, data))
    assert strip_text(new) == strip_text(old)
    replaced = [replace_words(document, {"On": "It", " in ": " at "}) for document in container.documents]
    assert [d.mt for d in read(written, "pptx").documents] == [d.text for d in replaced]
