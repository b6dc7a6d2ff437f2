"""Numbers that identify something stay as they are; quantities beside them are still mended."""

from __future__ import annotations

import pytest

import mtfix

KEPT = """
Mobile: +61 (0)418 450 113
Press desk: +49 (30) 123 456 789, WhatsApp 916 123 456, INN 770 123 456.
Mob. 916 123 456, tel. 8 (495) 123 456 and fax 495 123 000.
Write to press@example.org or 916 123 456.
Call us on 800 200 000 or text 900 100 200.
The account number is 407 028 100.
The passport series 45 10 123 456 was lost.
He is on trial in case 12 500 000 of the court.
Case No. 2 500 000 was closed.
The taxpayer’s ID 770 123 456 was in the file.
The bus stopped at 55,75 N and 37,61 E.
The point lies at 55,75° N.
ISBN 978 123 456 000
The postcode is 123 000.
Flight 12 500 passengers had left.
Room 12 500 people waited.
The lot 12 500 000 was sold.
She clocked in at 10.20 in the final.
He ran the 100 m final at 10.15 on Sunday.
The relay team finished at 18.35, a national record.
It was timed at 12.05 in the heats.
SNILS 112 233 445 95
The account 407 028 100 000 was frozen.
The code 123 456 789 opens it.
The serial number 123 456 789 was filed off.
""".strip().split("\n")

MENDED = [
    ("The price index rose to 105,3 percent.", "The price index rose to 105.3 percent."),
    ("The meeting began at 21:00 o'clock.", "The meeting began at 9 p.m."),
    ("Up to 2,5 thousand people came.", "Up to 2,500 people came."),
    ("A city of 1 234 567 people lies there.", "A city of 1,234,567 people lies there."),
    ("They paid 12 500 000 rubles for it.", "They paid 12,500,000 rubles for it."),
    ("He was detained at 18.30 in his office.", "He was detained at 6:30 p.m. in his office."),
    ("The damage amounted to 12 500 000.", "The damage amounted to 12,500,000."),
    ("About 12 500 people called the police.", "About 12,500 people called the police."),
    ("The company has 3 200 000 customers in Russia.", "The company has 3,200,000 customers in Russia."),
    ("It cost 1,7 million dollars.", "It cost 1.7 million dollars."),
    ("The phone cost 12 500 rubles.", "The phone cost 12,500 rubles."),
    ("The case against 12 500 people was closed.", "The case against 12,500 people was closed."),
    ("Unemployment fell to 5,3 percent.", "Unemployment fell to 5.3 percent."),
    ("Up to 2\u2060,5 thousand people came.", "Up to 2\u2060,5 thousand people came."),
]


@pytest.mark.parametrize("text", KEPT)
def test_identifying_numbers_stay(text: str) -> None:
    digits = [c for c in text if c.isdigit() or c in " ,.:-()+"]
    after = mtfix.fix(text, rules_only=True).text
    assert after == text or [c for c in after if c.isdigit() or c in " ,.:-()+"] == digits


@pytest.mark.parametrize(("text", "after"), MENDED)
def test_quantities_are_mended(text: str, after: str) -> None:
    assert mtfix.fix(text, rules_only=True).text == after
