"""The cache of packs: nothing about a rule depends on whether it was there."""

from __future__ import annotations

from pathlib import Path

import pytest

from mtfix.config import Config
from mtfix.english import inflection
from mtfix.errors import PackError
from mtfix.files import cache
from mtfix.formats import read_document
from mtfix.pipeline import build_pipeline
from mtfix.profile import Profile
from mtfix.rules.index import RuleIndex
from mtfix.rules.packs import profiles, read
from mtfix.rules.packs.packed import compile_rule
from mtfix.rules.packs.profiles import load_profile
from mtfix.rules.packs.read import load_pack
from mtfix.rules.packs.select import compile_rules, gather_packs, select_rules
from mtfix.types import Document

PACK = """\
pack: desk
about: A desk
rules:
  - id: DESK_NAME
    kind: naming
    entity: Islamic State
    why: One name.
    variants: [{text: Islamic state, garbled: true}]
    evidence: {any: [Islamic state]}
    forms:
      default: {since: 2014-09-01, first: the Islamic State group, later: IS, headline: IS}
    examples:
      - {bad: 'fighters of Islamic state fled', good: 'fighters of the Islamic State group fled'}
      - {keep: 'an Islamic country'}
  - id: DESK_TAKE_PART
    kind: phrase
    phrase: '<take:v> part in the activity of'
    replace: '<join:v>'
    why: Shorter.
    tags: [words]
    when: {spelling: [american, british]}
    examples:
      - {bad: 'he took part in the activity of a gang', good: 'he joined a gang'}
      - {keep: 'he took part'}
"""
TEXT = "He took part in the activity of Islamic state. They take part in the activity of a gang."


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack file, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "desk.yaml"
    path.write_text(PACK)
    forget()
    yield path  # type: ignore[misc]
    forget()


def forget() -> None:
    """As a new process would begin."""
    read._load_pack.cache_clear()
    for remembered in (inflection._known, inflection.verb_forms, inflection.noun_forms):
        remembered.cache_clear()


def run(pack: Path, text: str = TEXT) -> Document:
    forget()
    return build_pipeline(Config(packs=(str(pack),), default_packs=False))(read_document(text))


def kept(pack: Path) -> list[Path]:
    return sorted((pack.parent / "cache").rglob("*.json"))


def test_a_second_start_reads_nothing_and_says_the_same(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(pack)
    assert first.text == "He joined the Islamic State group. They join a gang."
    assert [p.name.split("-")[0] for p in kept(pack)] == ["inflections", "pack", "profile", "wake"]
    for module, name in ((read, "load_marked"), (profiles, "load_marked"), (inflection, "_load_tables")):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("was worked out again"))
    second = run(pack)
    assert second == first


def test_rules_from_the_cache_are_the_same_rules(pack: Path) -> None:
    fresh = load_pack(pack)
    forget()
    again = load_pack(pack)
    assert (again.name, again.about, again.place) == (fresh.name, fresh.about, fresh.place)
    for old, new in zip(fresh.rules, again.rules, strict=True):
        assert (new.id, new.place, new.tags, new.head) == (old.id, old.place, old.tags, old.head)
        assert new.model == old.model


@pytest.mark.parametrize("damage", ["cut", "garbage", "other", "empty"])
def test_damaged_files_count_as_absent(pack: Path, damage: str) -> None:
    first = run(pack)
    for path in kept(pack):
        data = path.read_bytes()
        new = {"cut": data[:-9], "garbage": b"\xff\x00{", "other": data.replace(b"took", b"tool"), "empty": b""}
        path.write_bytes(new[damage])
    assert run(pack) == first
    assert all(path.read_bytes() for path in kept(pack))


def test_a_changed_pack_is_read_anew(pack: Path) -> None:
    run(pack)
    pack.write_text(PACK.replace("'<join:v>'", "'<enter:v>'").replace("joined", "entered"))
    assert "entered" in run(pack).text
    pack.write_text(PACK.replace("replace:", "replaces:"))
    with pytest.raises(PackError, match=r"desk\.yaml:18:5: rule DESK_TAKE_PART: unknown key 'replaces'"):
        run(pack)


def test_off_and_unwritable(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(pack)
    folder = pack.parent / "cache"
    before = {p: p.stat().st_mtime_ns for p in kept(pack)}
    monkeypatch.setenv("MTFIX_CACHE", "off")
    assert run(pack) == first
    assert {p: p.stat().st_mtime_ns for p in kept(pack)} == before
    monkeypatch.delenv("MTFIX_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "file"))
    (folder / "file").write_text("in the way")
    assert run(pack) == first


def test_other_code_does_not_read_it(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(pack)
    names = {p.name for p in kept(pack)}
    monkeypatch.setattr(cache, "_digest_code", lambda: b"another version")
    run(pack)
    assert len({p.name for p in kept(pack)}) == 2 * len(names)


def test_the_folder_does_not_grow_without_end(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_FILES", 6)
    for number in range(12):
        pack.write_text(PACK + f"# {number}\n")
        run(pack)
    assert 1 <= len(kept(pack)) <= 7


def test_sleeping_rules_wake_as_others_do(pack: Path) -> None:
    rules = select_rules([load_pack(pack)])

    dormant = compile_rules(rules, Profile())
    for stage in ("pre", "document"):
        sleeping = RuleIndex([r for r in dormant if r.info.stage == stage])
        awake = RuleIndex([r for i, p in enumerate(rules) if (r := compile_rule(p, Profile(), i)).info.stage == stage])
        for text in (TEXT, "", "Nothing to do.", "Islamic state", "take part in the activity of", *TEXT.split(". ")):
            assert [r.info.id for r in sleeping.wake(text)] == [r.info.id for r in awake.wake(text)]


def test_all_rules_that_ship_come_back_as_they_went(pack: Path) -> None:
    rules = select_rules(gather_packs())
    profile = load_profile("plain")
    fresh = compile_rules(rules, profile)
    forget()
    again = compile_rules(select_rules(gather_packs()), profile)
    assert [r.info for r in again] == [r.info for r in fresh]
    assert [list(r.patterns) for r in again] == [list(r.patterns) for r in fresh]
    for old, new in zip(rules, select_rules(gather_packs()), strict=True):
        assert new.model == old.model
