"""Seed wires as Word documents, cut into runs anyhow, under the rules that ship: fixed, tracked, and fixed once more."""

from __future__ import annotations

import random
from dataclasses import replace
from xml.sax.saxutils import escape

import pytest

from mtfix.config import Config
from mtfix.formats.docx.format import DocxContainer, DocxFormat
from mtfix.formats.registry import ReadOptions
from mtfix.pipeline import Pipeline, build_pipeline
from seeds.render import FOLDER, render
from tests.formats.docx.samples import build_docx, number_ids, paragraph, run, texts
from tests.formats.docx.test_tracked import SIGNATURE, check_both_ways, comments

LOOKS = ["", "<w:b/>", "<w:i/>"]
WRAPS = [*["{}"] * 9, '<w:ins w:id="1" w:author="A">{}</w:ins>', '<w:hyperlink w:anchor="x">{}</w:hyperlink>',
         '{}<w:proofErr w:type="spellStart"/>', '{}<w:r><w:footnoteReference w:id="2"/></w:r>']  # fmt: skip


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_pipeline(Config(rules_only=True, fix="all"))


def cut_into_runs(text: str, chance: random.Random) -> str:
    parts, at = [], 0
    while at < len(text):
        length = chance.randint(1, 30)
        one = run(escape(text[at : at + length]), chance.choice(LOOKS))
        parts.append(chance.choice(WRAPS).format(one))
        at += length
    return paragraph(*parts)


def read(data: bytes) -> DocxContainer:
    return DocxFormat().read(data, "wire.docx", ReadOptions())


@pytest.mark.parametrize("wire", ["ru-01", "ru-06", "ru-11"])
def test_wires_both_ways(wire: str, pipeline: Pipeline) -> None:
    chance = random.Random(wire)
    text = render(next(FOLDER.glob(f"{wire}*.tsv"))).strip()
    data = build_docx(number_ids("".join(cut_into_runs(p, chance) for p in text.split("\n\n"))))
    container = read(data)
    document = pipeline(container.document)
    assert container.document.text == text != document.text
    fixed, tracked = container.write([document]), container.write_tracked([document], replace(SIGNATURE, comments=True))
    assert "\n\n".join(texts(fixed)) == document.text
    check_both_ways(data, fixed, tracked)
    assert comments(tracked)
    again = pipeline(read(tracked).document)
    assert again.mt == again.text == document.text
