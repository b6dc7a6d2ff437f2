"""Is one thing called by one name throughout a document? Counted before and after, document by document.

Two questions. Is a name *spelt* in more than one way (Sergey, Sergei)? That is folded spelling. And is an entity of the
naming packs *called* by more than one of its names (IG, ISIS, Daesh)? The packs say which words are its names and what
the document must say besides for them to mean it. A house's own forms, the full one and the short one, count as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from mtfix.evaluation.harm.losses import find_names, fold_name
from mtfix.evaluation.result import Naming
from mtfix.rules.index import RuleIndex
from mtfix.rules.kinds.naming import NamingRule, believe
from mtfix.rules.packs.packed import compile_rule
from mtfix.rules.packs.profiles import load_profile
from mtfix.rules.packs.select import gather_packs, select_rules
from mtfix.rules.reading import Reading
from mtfix.types import Document, Segment


@lru_cache(maxsize=4)
def load_entities(profile: str = "plain") -> tuple[NamingRule, ...]:
    """Return the naming rules that ship, under a profile."""
    house = load_profile(profile)
    packed = [p for p in select_rules(gather_packs()) if p.model.kind == "naming"]
    rules = (compile_rule(p, house, order) for order, p in enumerate(packed))
    return tuple(r for r in rules if isinstance(r, NamingRule))


@lru_cache(maxsize=1)
def index_entities() -> RuleIndex:
    """Return the entities with the words that show that a document mentions them."""
    return RuleIndex(load_entities())


def find_forms(texts: list[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each entity of the packs that a document speaks of, with the names that it gives it.

    Names among quoted words are the speaker's and do not count; neither does a second name in brackets.

    >>> forms = dict(find_forms(["ISIS militants fled.", "The group Daesh lost Raqqa in Syria."]))
    >>> sorted(forms["NAME_ISLAMIC_STATE"])
    ['daesh', 'isis']
    """
    document = Document("names", tuple(Segment(t, t) for t in texts), ("", *("\n" for _ in texts[1:]), ""))
    profile = load_profile("plain")
    reading = Reading(document, profile, index_entities())
    for woken, near in reading.wake():
        rule = cast(NamingRule, woken)
        weight = rule.evidence.weigh(reading)
        forms = (rule.first, rule.later, rule.headline)
        house = {x.casefold() for f in forms for x in (f.bare, f.phrase.removeprefix("the ").partition(" (")[0])}
        found = set()
        for number in near:
            for mention in rule.names.find(texts[number], reading.context(number)):
                if mention.quoted != "words" and believe(texts[number], mention, rule.evidence, weight) is not None:
                    name = texts[number][slice(*mention.core)].casefold()
                    found.add("" if name in house else name)
        if found:
            yield rule.info.id, frozenset(found)


def _read_names(texts: list[str]) -> tuple[dict[str, set[str]], dict[str, frozenset[str]]]:
    """Return the spellings of each name, and the names of each entity, of one document."""
    spellings: dict[str, set[str]] = {}
    for name in (n for t in texts for n in find_names(t)):
        spellings.setdefault(fold_name(name), set()).add(name.casefold().removesuffix("'s").removesuffix("’s"))
    return spellings, dict(find_forms(texts))


class NameCounter:
    """Counts names that a document writes in more than one way; documents arrive one after the other."""

    def __init__(self) -> None:
        self._document = ""
        self._texts: tuple[list[str], list[str]] = ([], [])
        self._documents = self._names = self._entities = 0
        self._spelt, self._called = [0, 0], [0, 0]

    def add(self, document: str, mt: str, text: str) -> None:
        """Count one segment; segments without a document are counted alone."""
        if not document:
            return
        if document != self._document:
            self._close()
            self._document = document
        for side, words in zip(self._texts, (mt, text), strict=True):
            side.append(words)

    def _close(self) -> None:
        if not self._document:
            return
        self._documents += 1
        before = _read_names(self._texts[0])
        after = before if self._texts[0] == self._texts[1] else _read_names(self._texts[1])
        self._names += len(before[0])
        self._entities += len(before[1])
        for side, (spellings, entities) in enumerate((before, after)):
            self._spelt[side] += sum(len(s) > 1 for s in spellings.values())
            self._called[side] += sum(len(s) > 1 for s in entities.values())
        self._texts = ([], [])
        self._document = ""

    def result(self) -> Naming | None:
        """Return the counts; None when no segment had a document."""
        self._close()
        if not self._documents:
            return None
        return Naming(
            documents=self._documents,
            names=self._names,
            inconsistent_before=self._spelt[0],
            inconsistent_after=self._spelt[1],
            entities=self._entities,
            entities_mixed_before=self._called[0],
            entities_mixed_after=self._called[1],
        )
