"""What no stage may touch: other languages, broken characters, addresses, formulas, the words of direct speech."""

from __future__ import annotations

import pytest

import mtfix
from mtfix.config import Config
from mtfix.english.language import find_foreign, reads_english
from mtfix.files.mojibake import find_mojibake
from mtfix.formats import read_document
from mtfix.formats.text.protected import find_protected
from mtfix.pipeline import build_pipeline

FOREIGN = [
    "По данным ведомства, 05.04.2013 в «Парке Победы» собралось около 0,8 млн человек.",
    "Die Firma kaufte am 05.04.2013 Anteile für 5 000 Dollar. „Das ist gut“, sagte er.",
    "Le gouvernement a annoncé que 2,5 millions de personnes ont été touchées par la grève.",
    "El ministro dijo que 2,5 millones de personas viven en la región desde el año pasado.",
    "Ministr řekl, že v Praze žije 2,5 milionu lidí a že se jejich počet stále zvyšuje.",
    "دولت اعلام کرد که ۲٫۵ میلیون نفر در این شهر زندگی می‌کنند.",
    "הממשלה הודיעה כי 2,5 מיליון איש גרים בעיר.",
    "政府宣布，有2,5百万人住在这个城市。",
    "Он сказал: «Да», 0,8 %.",
    "Hallituksen mukaan 2,5 miljoonaa ihmistä asuu kaupungissa, jossa työttömyys kasvaa.",
    "Il ministro ha detto che 2,5 milioni di persone vivono nella regione dallo scorso anno.",
    "O ministro disse que 2,5 milhões de pessoas vivem na região e não têm emprego.",
    "Minister powiedział, że 2,5 miliona ludzi mieszka w tym mieście od wielu lat.",
    "Ministern sade att 2,5 miljoner människor bor i staden och att de inte har arbete.",
]
ENGLISH = [
    "Up to 2,5 thousand people came.",
    "Ivanov, Petrov, Sidorov and Kuznetsov detained in Nizhny Tagil for 2,5 thousand rubles.",
    "In area of settlement Novoaleksandrovka the adversary used 2,5 thousand shells of artillery.",
    "The newspaper «Известия» wrote that 0,8 percent of «Единая Россия» voted so.",
    "Spetsnazovtsy of FSB stormed geroinovaya laboratory, in which 2,5 thousand grams were found.",
    "Lukashenko to Minsk: 2,5 thousand tons of cargo",
    "PUTIN AND MERKEL DISCUSS 2,5 THOUSAND TONS OF GAS",
    "It was established that the «Kamaz» on the full speed ran into the stop, 2,5 thousand meters from Ufa.",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_another_language_is_left_alone_and_counted(text: str) -> None:
    result = mtfix.fix(text, rules_only=True)
    assert result.text == text
    assert "not read as English" in " ".join(result.document.notes)


@pytest.mark.parametrize("text", ENGLISH)
def test_awkward_english_is_repaired(text: str) -> None:
    result = mtfix.fix(text, rules_only=True)
    assert result.text != text
    assert not result.document.notes


def test_only_the_foreign_paragraphs_of_a_document_are_left_alone() -> None:
    text = f"{ENGLISH[0]}\n\n{FOREIGN[1]}\n\nOh.\n\nThe court sat in Kazan, and 2,5 thousand people waited for it."
    result = mtfix.fix(text, rules_only=True)
    assert result.text == text.replace("2,5 thousand", "2,500")
    assert result.document.left_alone == (("not English", 1),)


def test_the_user_may_insist() -> None:
    assert mtfix.fix(FOREIGN[1], rules_only=True, language="en").text != FOREIGN[1]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("Moscow", None), ("Kazan, May 5", None), ("Das ist gut.", False), ("He left.", True), ("Ivanov, TASS", None)],
)
def test_short_texts_tell_little(text: str, verdict: bool | None) -> None:
    assert reads_english(text) is verdict


def test_short_paragraphs_go_with_the_words_around_them() -> None:
    foreign, _ = find_foreign([[FOREIGN[0]], ["Moskau"], [FOREIGN[2]]])
    assert foreign == {0, 1, 2}
    foreign, _ = find_foreign([[ENGLISH[0]], ["Moskau"], [ENGLISH[2]]])
    assert foreign == set()


@pytest.mark.parametrize(
    "text", ["Acmeâ„¢ sold 2,5 thousand cars.", "Он РЎРєР°Р·Р°Р» 2,5 thousand", "The cafÃ© sold 2,5 thousand cups."]
)
def test_broken_characters_are_left_alone(text: str) -> None:
    result = mtfix.fix(text, rules_only=True)
    assert result.text == text
    assert result.document.notes


@pytest.mark.parametrize("text", ["«ÉCLAIR»", "The café “É” – 5 °C, ½ and ©.", "Ångström’s “Ä”", "São Paulo – Zürich…"])
def test_sound_characters_are_not_broken(text: str) -> None:
    assert list(find_mojibake(text)) == []


LOCKED = [
    "https://example.org/2,5-million",
    "www.example.org/2,5-million?a=2,5",
    "example.org/2,5-million",
    "ISIS.press@example.org",
    r"C:\data\2,5-million",
    r"C:\My Files\2,5 thousand\a.txt",
    "/srv/data/2,5-million",
    "data/2,5.csv",
    "report-2,5.docx",
    "{% if page.count > 5 %}",
    '{{< youtube id="2,5-million" >}}',
    "{#up-to-2,5-thousand}",
    "{: .up-to-2,5}",
    "{{ 2,5 | thousand }}",
    '[gallery ids="2,5"]',
    "$e = mc^2$",
    "$x = 1 200$",
    "$$a , b$$",
    r"\frac{1 , 2}{3}",
    r"\(a^2 , b\)",
    "@isis_press",
    "#ISIS",
    "&nbsp;",
]


@pytest.mark.parametrize("span", LOCKED)
@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_addresses_formulas_and_template_marks_stay(span: str, format: str) -> None:
    text = f"The men see {span} and the colour of it, and 2,5 thousand people came to Moscow with them."
    before = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") if format == "html" else text
    for profile in ("plain", "un", "ap"):
        after = mtfix.fix(before, rules_only=True, format=format, profile=profile).text
        assert span in (
            after if format != "html" else after.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        )
        assert "2,5 thousand people" not in after


@pytest.mark.parametrize(
    "text",
    [
        "It cost $5 million and $6 in all.",
        "It cost 5$ here and 6$ there.",
        "The U.S. and St.Petersburg and/or Kazan at 5 p.m., 50/50.",
        "MINSK, Oct 21 /BelTA/. It rained.",
        "He paid (5 percent) [of it] and {left}.",
    ],
)
def test_prose_is_not_protected(text: str) -> None:
    found = [text[a:b] for a, b in find_protected(text)]
    assert found in ([], ["{left}"])


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "“We live on the territory of Syria, and 2,5 thousand came,” he said.",
            "“We live on the territory of Syria, and 2,500 came,” he said.",
        ),
        ("“I can not go there ,” he said.", "“I can not go there,” he said."),
        ("He can not go on the territory of Syria.", "He cannot go in Syria."),
        ("The firm “Kamaz” can not go.", "The firm “Kamaz” cannot go."),
    ],
)
def test_the_words_of_direct_speech_stay(text: str, after: str) -> None:
    assert mtfix.fix(text, rules_only=True).text == after


def test_the_profile_decides_about_direct_speech() -> None:
    text = "“I can not go to 2,5 thousand people,” he said."
    assert (
        mtfix.fix(text, rules_only=True, settings={"speech": "fix"}).text == "“I cannot go to 2,500 people,” he said."
    )
    assert mtfix.fix(text, rules_only=True, settings={"speech": "leave"}).text == text


def test_admission_locks_once() -> None:
    pipeline = build_pipeline(Config(rules_only=True))
    document = pipeline.admit(read_document("“I can not go,” he said.\n\n" + FOREIGN[1]))
    again = pipeline.admit(document)
    assert [s.locks for s in again.segments] == [s.locks for s in document.segments]
    assert again.notes == document.notes


@pytest.mark.parametrize("format", ["html", "markdown"])
def test_blanks_that_nobody_sees_are_no_finding(format: str) -> None:
    text = "Two  blanks and 2,5 thousand men\n   and  more of them."
    after = mtfix.fix(text, rules_only=True, format=format).text
    assert after == text.replace("2,5 thousand", "2,500")
    assert mtfix.fix("Two  blanks and more.", rules_only=True).text == "Two blanks and more."
