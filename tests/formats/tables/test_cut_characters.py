r"""JSON Lines of texts that were cut by length: half of a character (``\ud83d``), numbers without end."""

from __future__ import annotations

import json

import pytest

from mtfix.config import Config
from mtfix.errors import InputError
from mtfix.formats.registry import ReadOptions
from mtfix.formats.tables.lines import TableFormat
from mtfix.pipeline import build_pipeline


def repair(data: bytes) -> bytes:
    container = TableFormat("jsonl").read(data, "wires.jsonl", ReadOptions())
    pipeline = build_pipeline(Config(rules_only=True))
    return container.write([pipeline(document) for document in container.documents])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r'{"text": "Up to 2,5 thousand came \ud83d"}', r'{"text": "Up to 2,500 came \ud83d"}'),
        (r'{"text": "\udc4d Up to 2,5 thousand came"}', r'{"text": "\udc4d Up to 2,500 came"}'),
        (r'{"text": "\ud83d\ud83d\ufffd 2,5 thousand came"}', r'{"text": "\ud83d\ud83d\ufffd 2,500 came"}'),
    ],
)
def test_halves_come_back_as_they_were(before: str, after: str) -> None:
    repaired = repair(before.encode() + b"\n").decode()
    assert json.loads(repaired) == json.loads(after)
    assert repaired == after + "\n"


@pytest.mark.parametrize(
    "line",
    [r'{"text": "He left \ud83d"}', r'{"text": "\udc4d"}', '{"text": "He left \N{REPLACEMENT CHARACTER}"}'],
)
def test_without_an_edit_every_byte_stays(line: str) -> None:
    assert repair(line.encode() + b"\n") == line.encode() + b"\n"


@pytest.mark.parametrize("line", ['{"n": %s, "text": "a"}', '{"text": "a", "n": -%s}', "%s"])
def test_a_number_of_a_million_digits_is_told_with_its_place(line: str) -> None:
    with pytest.raises(InputError, match=r"^wires\.jsonl:2: holds a number that is too long to be read$"):
        repair(b'{"text": "a"}\n' + (line % ("9" * 1_000_000)).encode() + b"\n")
