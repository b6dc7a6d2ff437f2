"""Translations and subtitles from the command line: fix, check, diff and batch on a file of each format."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

FILES = {
    "w.po": 'msgid ""\nmsgstr "Language: en\\n"\n\nmsgid "a"\nmsgstr "up to <b>2,5</b> million came"\n',
    "w.srt": "1\n00:00:01,000 --> 00:00:02,000\nup to 2,5\n\n2\n00:00:02,000 --> 00:00:03,000\nmillion came\n",
    "w.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>up to <i>2,5</i> million came\n",
    "w.xlf": (
        '<xliff version="1.2"><file target-language="en"><body><trans-unit id="1"><source>2,5 million</source>'
        '<target>up to <g id="1">2,5</g> million came</target></trans-unit></body></file></xliff>'
    ),
    "v.xliff": (
        '<xliff version="2.0" srcLang="ru" trgLang="en"><file id="f"><unit id="1"><segment><source>2,5 million</source>'
        '<target>up to <pc id="1">2,5</pc> million came</target></segment></unit></file></xliff>'
    ),
    "w.tmx": (
        '<tmx version="1.4"><header srclang="ru"/><body><tu><tuv xml:lang="ru"><seg>2,5 million</seg></tuv>'
        '<tuv xml:lang="en"><seg>up to <hi>2,5</hi> million came</seg></tuv></tu></body></tmx>'
    ),
}
OLD_NOTE = '<note from="mtfix" annotates="target">DESK_COMMA: Russian writes a decimal comma</note>'
NEW_NOTE = '<notes><note category="mtfix" appliesTo="target">DESK_COMMA: Russian writes a decimal comma</note></notes>'
FIXED = {
    "w.po": FILES["w.po"].replace("2,5", "2.5"),
    "w.srt": FILES["w.srt"].replace("2,5", "2.5"),
    "w.vtt": FILES["w.vtt"].replace("2,5", "2.5"),
    "w.xlf": FILES["w.xlf"]
    .replace("2,5</g>", "2.5</g>")
    .replace("<target>", '<target state="needs-review-translation">')
    .replace("</target>", "</target>" + OLD_NOTE),
    "v.xliff": FILES["v.xliff"]
    .replace("2,5</pc>", "2.5</pc>")
    .replace("<segment>", NEW_NOTE + '<segment state="translated" subState="mtfix:edited">'),
    "w.tmx": FILES["w.tmx"].replace("2,5</hi>", "2.5</hi>"),
}
HOSTILE = '<!DOCTYPE x [<!ENTITY a "b">]>\n'


@pytest.mark.parametrize("name", sorted(FILES))
def test_fix_check_and_diff(run: Run, folder: Path, name: str) -> None:
    path = folder / name
    path.write_text(FILES[name], encoding="utf-8")
    assert run("fix", name, "-o", f"out-{name}").code == 0
    assert (folder / f"out-{name}").read_text(encoding="utf-8") == FIXED[name]
    again = run("fix", f"out-{name}")
    assert (again.code, again.out) == (0, FIXED[name])
    found = run("check", name)
    assert found.code == 1
    before = FILES[name][: FILES[name].rindex("2,5")]
    place = f"{name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert (
        found.out == f"{place}: DESK_COMMA [auto] Russian writes a decimal comma: 2,5 million -> 2.5 million (sure)\n"
    )
    assert "DESK_COMMA" in run("diff", name).out
    assert run("fix", name, "--in-place").code == 0
    assert path.read_text(encoding="utf-8") == FIXED[name]
    assert run("check", name).code == 0


def test_a_batch_of_all_formats_gives_what_fix_gives(run: Run, folder: Path) -> None:
    archive = folder / "in"
    archive.mkdir()
    for name, text in FILES.items():
        (archive / name).write_text(text, encoding="utf-8")
    (archive / "hostile.tmx").write_text(HOSTILE + FILES["w.tmx"], encoding="utf-8")
    outcome = run("batch", "in", "-o", "out", "-w", "1")
    assert outcome.code == 1
    assert "hostile.tmx:1:" in outcome.err
    assert {p.name: p.read_text(encoding="utf-8") for p in (folder / "out").iterdir() if p.is_file()} == {
        **FIXED,
        "hostile.tmx": HOSTILE + FILES["w.tmx"],
    }


def test_approved_targets_by_option_and_configuration(run: Run, folder: Path) -> None:
    (folder / "in").mkdir()
    text = FILES["w.xlf"].replace('id="1"><source', 'id="1" approved="yes"><source')
    (folder / "in" / "w.xlf").write_text(text, encoding="utf-8")
    assert run("fix", "in/w.xlf").out == text
    wanted = FIXED["w.xlf"].replace('<trans-unit id="1"', '<trans-unit id="1" approved="no"')
    assert run("fix", "in/w.xlf", "--approved").out == wanted
    with (folder / "mtfix.toml").open("a", encoding="utf-8") as config:
        config.write("approved = true\n")
    assert run("fix", "in/w.xlf").out == wanted
    assert run("batch", "in", "-o", "out", "-w", "1").code == 0
    assert (folder / "out" / "w.xlf").read_text(encoding="utf-8") == wanted


@pytest.mark.parametrize("name", ["w.po", "w.tmx", "w.xlf"])
def test_tracked_changes_say_why(run: Run, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    (folder / name).write_text(FILES[name], encoding="utf-8")
    after = run("fix", name, "--track-changes", "--author", "Anna").out
    assert "Anna" in after
    assert "DESK_COMMA: Russian writes a decimal comma" in after
    assert ('changedate="19700101T000000Z"' in after) is (name == "w.tmx")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("w.po", 'msgid "a"\n', r"w.po:2:1: the file ends within an entry"),
        ("w.srt", "A wire.\n", "w.srt: holds no line of times"),
        ("w.vtt", "A wire.\n", "w.vtt:1:1: does not begin with WEBVTT"),
        ("w.xlf", HOSTILE + FILES["w.xlf"], "w.xlf:1:13: document types and entities are refused"),
        ("w.tmx", FILES["w.tmx"][:90], "w.tmx:1:87: not valid XML"),
    ],
    ids="po srt vtt xliff tmx".split(),
)
def test_bad_files_are_one_line(run: Run, folder: Path, name: str, text: str, said: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    outcome = run("fix", name, "--in-place")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert said in outcome.err
    assert (folder / name).read_text(encoding="utf-8") == text
