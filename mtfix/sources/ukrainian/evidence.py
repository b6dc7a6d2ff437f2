"""Words that show that a text is about Ukraine."""

from __future__ import annotations

UKRAINE = (
    "Ukrain*", "Kiev", "Kyiv", "Donbass", "Donbas", "Donetsk", "Lugansk", "Luhansk", "Poroshenko", "Zelensky", "Rada",
    "hryvnia*", "Crimea*", "Minsk", "Kharkov", "Kharkiv", "Odessa", "Odesa", "Mariupol",
)  # fmt: skip
