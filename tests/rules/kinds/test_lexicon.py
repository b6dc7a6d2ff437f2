"""The kind `lexicon`: which finds are certain, and what only looks Russian."""

from __future__ import annotations

import pytest

from mtfix.rules.kinds.lexicon import read_words


def find(text: str) -> list[tuple[str, str, str]]:
    return [(f.words, text[f.start : f.end], f.english) for f in read_words(text)]


@pytest.mark.parametrize(
    ("text", "words", "english"),
    [
        ("They left tomskaya territory.", "places", "Tomsk"),
        ("They flew to a хабаровском airfield.", "places", "Khabarovsk"),
        ("Fire came to Kemerovskoy oblast.", "places", "Kemerovo"),
        ("They left tomskaya.", "others", "Tomsk"),
        ("The 31-letnego man fled.", "measures", "31-year-old"),
        ("The 31-letnyuyu woman fled.", "measures", "31-year-old"),
        ("A 7-летняя war ended.", "measures", "7-year"),
        ("The shestidesyatiletniy tenor sang.", "measures", "60-year-old"),
        ("It has a 4-metrovaya wall.", "measures", "4-meter"),
        ("She was 31-letnyaya.", "others", "31-year-old"),
        ("We spoke with pogranichnikami.", "nouns", "border guards"),
        ("We spoke with pograničnikami.", "others", "border guards"),  # ISO 9, or the name of a Slovene
        ("They saw five пограничников.", "nouns", "border guards"),
        ("They saw the pogranichnika.", "nouns", "border guard"),
        ("The pogranichniki left.", "nouns", "border guards"),
        ("A colleague pogranichnika left.", "others", "border guard"),  # "of" is missing
        ("A dozhdevye pogranichniki left.", "others", "rain"),  # the words around it are not English either
        ("She zakryvala the door.", "others", "closed"),
        ("The vorota were open.", "others", "goal"),  # or a gate
    ],
)
def test_a_find_and_how_sure_it_is(text: str, words: str, english: str) -> None:
    assert find(text)[0][::2] == (words, english)


def test_number_comes_from_the_form_or_from_what_stands_before() -> None:
    assert find("He met two uchitelya.")[0] == ("nouns", "uchitelya", "teachers")
    assert find("He met an uchitelya.")[0] == ("nouns", "uchitelya", "teacher")
    assert find("He met the uchitelya.")[0][0] == "others"


def test_the_reason_names_the_word_and_its_english() -> None:
    (found,) = read_words("It was geroinovaya trade.")
    assert found.why == "'geroinovaya' is the Russian word героиновый left untranslated: \"heroin\"."


@pytest.mark.parametrize(
    "text",
    [
        "The president sent the minister a telegram by tram.",
        "General Boevik and Ms. Pogranichnaya met Rybakov.",
        "Kuznetsov said so.",
        "The film “Belaya noch” won, and so did 'Chyornaya koshka'.",
        "At https://example.org/pogranichniki or pogranichniki.example or a_pogranichniki or #pogranichniki.",
        "El sistema de la justicia, que es una tragedia para todos.",
        "The seven-year plan, a 25-tonne crane, the 7-летA.",
        "They who'd gone wouldn't say.",
        "BOEVIKI is the title.",
        "Město a policie, perché né più né meno.",
    ],
)
def test_names_titles_addresses_and_other_languages_stay(text: str) -> None:
    assert find(text) == []


def test_a_lower_case_surname_is_not_translated_unasked() -> None:
    assert [w for w, *_ in find("The former minister Igor pogranichnikov left.")] == ["others"]
