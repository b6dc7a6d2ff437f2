"""The lexicon: romanizations meet their Cyrillic, English words are left out, and the file is what the table makes."""

from __future__ import annotations

import pytest

from mtfix.sources.russian import lexicon
from mtfix.sources.russian.build_lexicon import HERE, inflect_gloss, pack, pluralize, read_entries
from mtfix.sources.russian.levelling import level_romanized, level_word


@pytest.mark.parametrize(
    ("cyrillic", "romanized"),
    [
        ("сотрудничающий", "sotrudnichayushchiy sotrudnichayuschiy sotrudnichajuščij sotrudnichaiushchii"),
        ("хорошие", "khoroshiye horoshie khoroshie horoshije"),
        ("объявление", "obyavleniye ob'yavlenie obiavlenie ob\"iavlenie objavlenie"),
        ("съёмка", "syomka s'yomka sjomka"),
        ("деньгами", "dengami den'gami denygami denjgami"),
        ("центробанках", "tsentrobankakh centrobankah tzentrobankakh centrobankax"),
        ("выборщиков", "vyborshchikov vyborschikov vyborqikov viborshchikov vyborshtchikov"),
        ("районный", "rayonnyy rayonny rajonnyj raionnyi"),
        ("шахтёр", "shakhtyor shahter shakhter šahtër"),
        ("партийные", "partiynye partijnye partiinye partiйnye partiynыe"),
    ],
)
def test_schemes_meet(cyrillic: str, romanized: str) -> None:
    for word in romanized.split():
        assert level_word(cyrillic) in level_romanized(word), word


@pytest.mark.parametrize(("one", "other"), [("жар", "шар"), ("суд", "сад"), ("мел", "мель"), ("угол", "уголь")])
def test_different_words_differ_unless_by_a_soft_sign(one: str, other: str) -> None:
    assert (level_word(one) == level_word(other)) is ("ь" in other)


def test_a_form_is_read_with_number_and_case() -> None:
    (plural,) = lexicon.find_readings("spetsnazovtsami")
    assert (plural.lemma.english[plural.form], plural.direct) == ("special forces soldiers", False)
    (place,) = lexicon.find_readings("самарскую")
    assert (place.lemma.kind, place.lemma.english) == (lexicon.Class.PLACE, ("Samara",))


@pytest.mark.parametrize("word", ["president", "most", "tank", "bridge", "sever", "festival", "qwxyz", "Straße"])
def test_english_and_nonsense_have_no_reading(word: str) -> None:
    assert lexicon.find_readings(word) == ()


def test_a_measure_needs_its_figure() -> None:
    assert [r.lemma.gloss for r in lexicon.find_readings("letnyaya", behind_figure=True)] == ["year"]
    assert "summer" in {r.lemma.gloss for r in lexicon.find_readings("letnyaya")}


@pytest.mark.parametrize(
    ("gloss", "plural"),
    [
        ("prisoner of war", "prisoners of war"),
        ("special forces soldier", "special forces soldiers"),
        ("Frenchman", "Frenchmen"),
        ("German", "Germans"),
        ("city", "cities"),
        ("headquarters", "headquarters"),
        ("child", "children"),
    ],
)
def test_plurals_of_glosses(gloss: str, plural: str) -> None:
    assert pluralize(gloss) == plural


def test_the_table_is_sound() -> None:
    entries = read_entries(HERE / "lexicon.tsv")
    assert len(entries) > 7500
    assert len({(e.lemma.replace("ё", "е"), e.kind) for e in entries}) == len(entries)
    assert all(e.gloss == e.gloss.strip() and e.gloss.isascii() and e.lemma for e in entries)
    assert all((e.number in "cmp" and e.number) if e.kind == "n" else not e.number for e in entries)
    assert all(e.doubtful for e in entries if "/" in e.gloss)


def test_the_file_holds_the_table() -> None:
    entries = read_entries(HERE / "lexicon.tsv")
    assert lexicon._read_lines() == [
        "\t".join((e.lemma.removeprefix("#"), e.kind + e.number + "?" * e.doubtful, e.gloss, *inflect_gloss(e)))
        for e in entries
    ], "run python -m mtfix.sources.russian.build_lexicon"


def test_packing_keeps_what_it_was_given() -> None:
    entries = read_entries(HERE / "lexicon.tsv")[:2]
    data = pack(entries, {"one": {0: [1, lexicon.DIRECT]}, "dva": {1: [3, 0]}}, ["dva"])
    count = int.from_bytes(data[len(lexicon.MAGIC) :][:4], "little")
    rows = [data[len(lexicon.MAGIC) + 4 + 8 * i :][:8] for i in range(count)]
    marks = {int.from_bytes(r, "little") >> 24: int.from_bytes(r, "little") & 63 for r in rows}
    assert marks == {lexicon.hash_key("one"): lexicon.DIRECT, lexicon.hash_key("dva"): lexicon.ENGLISH}
