"""English or not, by function words: languages written in Latin letters are not taken for English."""

from __future__ import annotations

import pytest

from mtfix.formats.markup.language import choose_english, reads_english
from mtfix.formats.markup.runs import Paragraph, Run

ENGLISH = "The head of the department noted that the works would be finished by the end of the year."
OTHERS = {
    "german": "Der Leiter der Behörde war am Montag in Berlin und will die Arbeit bis Mai beenden, sagte er.",
    "french": "Le chef du département a déclaré que les travaux seront terminés avant la fin de l'année.",
    "italian": "Il capo del dipartimento ha detto che i lavori saranno finiti entro la fine di quest'anno.",
    "finnish": "Osaston johtaja sanoi, että työt on saatu valmiiksi ja he ovat palanneet kotiin.",
    "dutch": "Het hoofd van de afdeling zei dat het werk of de bouw van het huis in mei klaar is.",
    "norwegian": "Lederen sa at to av arbeidene blir ferdige by for by i løpet av dette året.",
    "russian": "Глава ведомства сообщил, что работы будут завершены к концу года.",
    "numbers": "12 345 67 890 2014 15 16",
    "short": "The end of it",
}


def test_english_reads_as_english() -> None:
    assert reads_english(ENGLISH)
    assert reads_english("By the results of the first quarter the volume of deliveries grew to 2,5 million tons.")


@pytest.mark.parametrize("name", OTHERS)
def test_other_languages_do_not(name: str) -> None:
    assert not reads_english(OTHERS[name])


def test_short_paragraphs_go_with_the_majority() -> None:
    def choose(*texts: str) -> list[str]:
        return [p.text for p in choose_english([Paragraph((Run(text),)) for text in texts])]

    assert choose("Kazan", ENGLISH) == ["Kazan", ENGLISH]
    assert choose("Kazan", ENGLISH, OTHERS["german"], OTHERS["finnish"]) == [ENGLISH]
    assert choose("Kazan", OTHERS["german"]) == []
