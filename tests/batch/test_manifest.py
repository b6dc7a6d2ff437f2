"""The manifest: what is written stays, what is torn goes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mtfix.batch.manifest import Manifest, format_line, parse_line

ENTRIES = st.lists(
    st.builds(lambda n, s: {"unit": n, "failed": [[s, s]]}, st.integers(0, 20), st.text(max_size=5)), max_size=6
)


def reopen(path: Path) -> list[dict[str, Any]]:
    """What a later run finds."""
    manifest = Manifest(path)
    found = list(manifest.entries())
    manifest.close()
    return found


@given(entries=ENTRIES, cut=st.integers(0, 400))
def test_a_manifest_cut_anywhere_keeps_its_whole_lines(entries: list[dict[str, Any]], cut: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "manifest.jsonl"
        lines = [format_line(e) for e in entries]
        data = b"".join(lines)
        path.write_bytes(data[:cut])
        whole = data[:cut].count(b"\n")
        expected = {e["unit"]: e for e in entries[:whole]}
        assert reopen(path) == [expected[u] for u in sorted(expected)]
        assert path.read_bytes() == b"".join(lines[:whole])
        manifest = Manifest(path)
        manifest.append({"unit": 99})
        assert manifest.find(99) == {"unit": 99}
        manifest.close()
        assert reopen(path)[-1] == {"unit": 99}


@given(entry=st.dictionaries(st.text(max_size=3), st.text() | st.integers(), max_size=3))
def test_lines_come_back(entry: dict[str, Any]) -> None:
    assert parse_line(format_line(entry)) == entry


@given(place=st.integers(0, 20), bit=st.integers(0, 7))
def test_a_damaged_line_is_noticed(place: int, bit: int) -> None:
    line = bytearray(format_line({"unit": 3, "in": "abc"}))
    line[place] ^= 1 << bit
    assert parse_line(bytes(line)) is None


def test_a_damaged_line_costs_its_unit_only(tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    lines = [format_line({"unit": n}) for n in range(3)]
    path.write_bytes(lines[0] + lines[1].replace(b"1", b"7", 1) + lines[2])
    assert reopen(path) == [{"unit": 0}, {"unit": 2}]
