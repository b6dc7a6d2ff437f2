"""What a desk wants of rules and of words in documents to come: kept in the database, and written as a rule pack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from mtfix.errors import InputError
from mtfix.files.reading import write_file
from mtfix.server.store.models import Phrase, Preference

PACK = "desk-wishes"
FIRST_LINE = "# Written by mtfix serve from what its editors always and never want; change it there."
LONGEST = 200  # signs of a phrase
Words = tuple[str, str]  # before, after


@dataclass(frozen=True, slots=True)
class Wishes:
    """``always`` or ``never``, by the id of a rule, and by words and what stands for them."""

    rules: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[Words, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no pack needs to say anything."""
        return not self.rules and not self.list_phrases("always")

    def list_rules(self, verdict: str) -> list[str]:
        return sorted(r for r, wanted in self.rules.items() if wanted == verdict)

    def list_phrases(self, verdict: str) -> list[Words]:
        return sorted(words for words, wanted in self.phrases.items() if wanted == verdict)

    def render_pack(self) -> str:
        """Return the wishes as a rule pack; words that are never wanted are not in it, for no rule proposed them."""
        pack = {
            "pack": PACK,
            "about": "What the editors of the desk always and never want",
            "always": self.list_rules("always"),
            "never": self.list_rules("never"),
            "rules": [write_rule(n, *words) for n, words in enumerate(self.list_phrases("always"), 1)],
        }
        return f"{FIRST_LINE}\n{yaml.safe_dump(pack, sort_keys=False, allow_unicode=True)}"


def write_rule(number: int, before: str, after: str, why: str = "", tier: str = "auto") -> dict[str, Any]:
    """Return a rule that writes ``after`` for ``before``, with its examples."""
    left = r"\b" if before[:1].isalnum() else ""
    right = r"\b" if before[-1:].isalnum() else ""
    examples: list[dict[str, str]] = [{"bad": f"It was <m>{before}</m> again.", "good": f"It was {after} again."}]
    if before not in after:
        examples.append({"keep": f"It was {after} again."})
    return {
        "id": f"DESK_{number}",
        "kind": "substitution",
        "tier": tier,
        "match": f"{left}{re.escape(before)}{right}",
        "case": "exact" if before != before.lower() else "smart",
        "replace": after.replace("{", "{{").replace("}", "}}"),
        "why": why or "The editors of the desk always write this.",
        "examples": examples,
    }


def load_wishes(database: Engine, desk: str) -> Wishes:
    """Return what a desk wants."""
    with Session(database) as session:
        rules = session.scalars(select(Preference).where(Preference.desk == desk))
        phrases = session.scalars(select(Phrase).where(Phrase.desk == desk))
        return Wishes({p.rule: p.verdict for p in rules}, {(p.before, p.after): p.verdict for p in phrases})


def wish_phrase(database: Engine, desk: str, before: str, after: str, verdict: str) -> None:
    """Keep ``always`` or ``never`` for words; an empty verdict forgets it. Raises InputError for words that say too little."""
    if verdict:
        check_phrase(before, after, verdict)
    with Session(database) as session, session.begin():
        mine = Phrase.desk == desk, Phrase.before == before
        # Two wishes about the same words cannot both be followed: the later one holds.
        session.execute(delete(Phrase).where(*mine, (Phrase.after == after) | (Phrase.verdict == (verdict or "-"))))
        if verdict:
            session.add(Phrase(desk=desk, before=before, after=after, verdict=verdict))


def check_phrase(before: str, after: str, verdict: str) -> None:
    """Raise InputError unless words may stand for others wherever they occur.

    >>> check_phrase("leader of the gang", "gang leader", "always")
    >>> check_phrase("the", "a", "always")
    Traceback (most recent call last):
    ...
    mtfix.errors.InputError: 'the' is too little to be changed everywhere: give two words, or one of five letters
    """
    if before == after or not before.strip():
        raise InputError("words and what is to stand for them must differ")
    if len(before) > LONGEST or len(after) > LONGEST or "\n" in before + after:
        raise InputError(f"words to remember have at most {LONGEST} signs, on one line")
    letters = re.findall(r"[^\W\d_]+", before)
    if verdict == "always" and len(letters) < 2 and not any(len(word) >= 5 for word in letters):
        raise InputError(f"'{before}' is too little to be changed everywhere: give two words, or one of five letters")


def write_pack(wishes: Wishes, path: Path) -> None:
    """Write the pack where later runs of mtfix find it; nothing is wanted: remove it. Raises InputError for another's file."""
    try:
        if path.exists() and not path.read_text(encoding="utf-8").startswith(FIRST_LINE):
            raise InputError(f"{path}: is not a pack of the desk; rename it, and choose again")
        if not wishes.is_empty:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, wishes.render_pack().encode())
        else:
            path.unlink(missing_ok=True)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot write the pack of the desk: {error}") from None


def drop_unwanted(parts: Iterable[dict[str, Any]], wishes: Wishes) -> list[dict[str, Any]]:
    """Return parts without proposals to write words that the desk never wants: the original words stand there."""
    unwanted = set(wishes.list_phrases("never"))
    return [
        {**part, "proposals": [p for p in part["proposals"] if (p["before"], p["after"]) not in unwanted]}
        for part in parts
    ]
