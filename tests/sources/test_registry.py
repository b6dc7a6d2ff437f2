"""A source language is a folder: Russian and Ukrainian, and a third one that a test brings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import re2

import mtfix
from mtfix.config import Config, load_config
from mtfix.errors import ConfigError
from mtfix.pipeline import build_pipeline
from mtfix.rules.origin import find_origin
from mtfix.rules.packs.find import packaged_packs
from mtfix.rules.packs.select import configured_rules
from mtfix.sources.registry import choose_sources, list_sources

PAGE = Path(__file__).parents[2] / "docs" / "languages.md"
TEXT = "The price is 2,5 million rubles. Two nardeps disagreed, according to MVD."


def fix(text: str, *source: str) -> str:
    return mtfix.fix(text, rules_only=True, source=source).text


def test_two_languages_ship() -> None:
    assert [source.code for source in list_sources()] == ["ru", "uk"]


@pytest.mark.parametrize("source", list_sources(), ids=lambda s: s.code)
def test_what_a_language_brings_is_sound(source) -> None:  # type: ignore[no-untyped-def]
    for pattern in source.signs:
        assert re2.search(pattern, "") is None
    for pattern, _ in source.levels:
        re.compile(pattern)
    assert source.packs is not None and list(source.packs.glob("*.yaml"))
    tagged = [r for r in configured_rules(Config(source=(source.code,))) if source.rule_tag in r.tags]
    assert len(tagged) >= 60


def test_the_packs_of_other_languages_stay_out() -> None:
    assert "uk-idioms" not in packaged_packs(["ru"]) and "ru-idioms" in packaged_packs(["ru"])
    assert "ru-idioms" not in packaged_packs(["uk"]) and "uk-idioms" in packaged_packs(["uk"])
    assert "cis-orgs" in packaged_packs(["uk"]) and "cis-orgs" in packaged_packs(["ru"])


def test_packs_of_all_languages_stand_in_one_order() -> None:
    assert list(packaged_packs()) == sorted(packaged_packs())


@pytest.mark.parametrize(
    ("source", "lawmakers", "digits"),
    [((), True, True), (("ru",), False, True), (("uk",), True, True), (("ru", "uk"), True, True)],
)
def test_a_language_is_chosen(source: tuple[str, ...], lawmakers: bool, digits: bool) -> None:
    fixed = fix(TEXT, *source)
    assert ("lawmakers" in fixed) is lawmakers
    assert ("2.5 million" in fixed) is digits  # both write a decimal comma


@pytest.mark.parametrize(
    ("given", "known"), [("ru,uk", ("ru", "uk")), (["uk"], ("uk",)), ("", ()), (["ru, uk"], ("ru", "uk"))]
)
def test_codes_are_separated_by_commas(given: object, known: tuple[str, ...]) -> None:
    assert load_config(None, source=given).source == known


def test_an_unknown_language_is_said() -> None:
    with pytest.raises(ConfigError, match=r"unknown source language 'xx'.*ru, uk"):
        build_pipeline(Config(source=("xx",), rules_only=True))
    with pytest.raises(ConfigError, match="unknown source language"):
        choose_sources(["RU"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("About it reported the press service.", "ru"),
        ("The price rose 2,5 percent.", "ru"),
        ("The mayor was notified of suspicion of treason.", "uk"),
        ("Villages in Kharkivshchyna were shelled.", "uk"),
        ("The road is closed, transmits Ukrinform.", "uk"),
    ],
)
def test_signs_tell_a_translation(text: str, code: str) -> None:
    assert find_origin().shows_in(text)
    assert find_origin(choose_sources([code])).shows_in(text)
    assert not find_origin(choose_sources({"ru", "uk"} - {code})).shows_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "The police were notified of the suspicion among neighbors.",
        "The Kharkiv region was shelled, Ukrinform reports.",
        "The criminal productions of the stage are many.",
        "Lawmakers in Kyiv passed the bill on Oct. 3.",
    ],
)
def test_clean_english_shows_no_sign(text: str) -> None:
    assert not find_origin().shows_in(text)


SCRIPT = """
import sys
import mtfix.sources
from mtfix.sources.registry import digest_sources, list_sources
before = digest_sources()
list_sources.cache_clear(), digest_sources.cache_clear()
mtfix.sources.__path__.append(sys.argv[1])
import mtfix
from mtfix.config import Config
from mtfix.english.abbreviations import NEVER_FINAL
from mtfix.english.dateline import find_dateline
from mtfix.rules.kinds.numbers import read_notation
from mtfix.rules.origin import find_origin
from mtfix.rules.packs.examples import ExampleRunner
from mtfix.rules.packs.select import configured_rules
from mtfix.sources.registry import choose_sources

assert [s.code for s in list_sources()] == ["lv", "ru", "uk"]
assert digest_sources() != before
assert "nov" in NEVER_FINAL
assert find_dateline("RIGA, March 3 - LETA. It rained.") is not None
assert read_notation("lv") == "ru"
assert find_origin(choose_sources(["lv"])).shows_in("About this writes LETA.")
text = "He wrote to the Seim of Latvia in Riga."
assert mtfix.fix(text, rules_only=True, source="lv").text == "He wrote to the Saeima in Riga."
assert mtfix.fix(text, rules_only=True, source="ru").text == text
rules = configured_rules(Config(source=("lv",)))
assert not list(ExampleRunner(rules).run([r for r in rules if r.pack == "lv-idioms"]))
"""


def test_a_third_language_is_a_folder(tmp_path: Path) -> None:
    blocks = dict(re.findall(r"```(python|yaml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
    folder = tmp_path / "latvian"
    (folder / "packs").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "source.py").write_text(blocks["python"], encoding="utf-8")
    (folder / "packs" / "lv-idioms.yaml").write_text(blocks["yaml"], encoding="utf-8")
    ran = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
