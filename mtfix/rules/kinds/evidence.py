"""Evidence: what a document must (not) say before a risky word may be read as a certain name.

"IG" is Islamic State beside "Islamic state" or beside Syria and militants; it is never a part of IG Metall, nor an
inspector general's abbreviation in a report that also names Syria.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from mtfix.errors import unknown_name
from mtfix.rules.pattern import compile_pattern
from mtfix.rules.reading import Reading
from mtfix.sources.registry import list_sources

# hint: one hint, or proof. evidence: `at_least` hints, or proof. proof: one of `any`. translated: a hint, and signs of
# machine translation in the document (see `mtfix.sources`). The words themselves are never their own evidence.
Need = Literal["", "hint", "evidence", "proof", "translated"]


class EvidenceModel(BaseModel):
    """YAML of the evidence of a name. Terms are words; all-lower-case terms match in any case, `terroris*` any ending.

    ``any``: one of these is proof. ``some``: hints, of which ``at_least`` different ones are proof.
    ``none``: a variant inside one of these is something else. ``unless``: a document with one of these is about
    something else, and no hint counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    any: tuple[str, ...] = Field(default=(), strict=False)
    some: tuple[str, ...] = Field(default=(), strict=False)
    at_least: int = Field(default=2, ge=1)
    none: tuple[str, ...] = Field(default=(), strict=False)
    unless: tuple[str, ...] = Field(default=(), strict=False)


@lru_cache(maxsize=1)
def shared_evidence() -> Mapping[str, EvidenceModel]:
    """Return the evidence that the source languages bring, by the name that a rule calls it by."""
    return {name: EvidenceModel(some=terms) for s in list_sources() for name, terms in s.evidence.items()}


def read_evidence(value: Any) -> Any:
    """Let evidence be written by the name of a shared set. Raises ValueError for an unknown one."""
    if isinstance(value, str):
        shared = shared_evidence()
        if value not in shared:
            raise ValueError(unknown_name("shared evidence", value, shared))
        return shared[value]
    return value


def compile_terms(terms: Sequence[str]) -> Any:
    """Return one RE2 pattern that finds any of the terms at word edges; None when there are none."""
    if not terms:
        return None
    return compile_pattern("|".join(term_pattern(t) for t in terms), ignore_case=False)


def term_pattern(term: str) -> str:
    """Return the RE2 pattern of a term: literal words, any white space, `*` for any ending.

    >>> term_pattern("terroris*"), term_pattern("IG Metall")
    ('(?i:\\\\bterroris\\\\w*)', '\\\\bIG\\\\s+Metall\\\\b')
    """
    stem = term.removesuffix("*")
    words = r"\s+".join(escape(w) for w in stem.split())
    head = r"\b" if stem[:1].isalnum() and stem[:1].isascii() else ""
    tail = r"\w*" if term.endswith("*") else r"\b" if stem[-1:].isalnum() and stem[-1:].isascii() else ""
    pattern = f"{head}{words}{tail}"
    return f"(?i:{pattern})" if term == term.lower() else pattern


def escape(text: str) -> str:
    """Escape for RE2; both apostrophes and all hyphens match their kin."""
    out = []
    for character in text:
        if character in "'’":
            out.append("['’]")
        elif character in "-‑":
            out.append("[-‑–]")
        elif character.isalnum() or character == "_" or not character.isascii():
            out.append(character)
        else:
            out.append("\\" + character)
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Weight:
    """The evidence that one document gives, looked for when somebody asks. ``besides``: proofs that do not stand in it."""

    evidence: Evidence
    reading: Reading
    besides: frozenset[str] = frozenset()

    def meets(self, need: str, words: str) -> bool:
        """Whether the need of a variant that stands there as ``words`` is met."""
        if not need:
            return True
        if need == "translated" and not self.reading.translated:
            return False
        if (self.evidence.find_proofs(self.reading) | self.besides) - {words}:
            return True
        enough = {"hint": 1, "translated": 1, "evidence": self.evidence.at_least}.get(need)
        return enough is not None and len(self.evidence.find_hints(self.reading) - {words.lower()[:6]}) >= enough


@dataclass(frozen=True, slots=True)
class Evidence:
    """Compiled evidence; see :class:`EvidenceModel`."""

    proof: Any = None
    hints: Any = None
    at_least: int = 2
    none: Any = None
    unless: Any = None

    @classmethod
    def compile(cls, model: EvidenceModel) -> Evidence:
        """Compile. Raises ValueError for a term that matches the empty string."""
        return cls(
            compile_terms(model.any),
            compile_terms(model.some),
            model.at_least,
            compile_terms(model.none),
            compile_terms(model.unless),
        )

    def weigh(self, reading: Reading) -> Weight:
        """Return the evidence for the entity in the current text of the document."""
        return Weight(self, reading)

    def find_proofs(self, reading: Reading) -> frozenset[str]:
        """Return proofs that stand in the document: all, or as many as decide."""
        return _find_terms(reading, self.proof, 2) if self.proof is not None else frozenset()

    def find_hints(self, reading: Reading) -> frozenset[str]:
        """Return the first letters of hints that stand in the document: all, or as many as decide."""
        if self.hints is None or (self.unless is not None and _find_terms(reading, self.unless, 1)):
            return frozenset()
        # Six letters: terrorist and terrorism are one hint.
        return _find_terms(reading, self.hints, self.at_least + 1, letters=6)

    def prove(self, text: str) -> frozenset[str]:
        """Return the proofs that stand in ``text``."""
        return frozenset(m.group() for m in self.proof.finditer(text)) if self.proof is not None else frozenset()

    def excludes(self, text: str, start: int, end: int) -> bool:
        """Whether the span lies in something else that only contains the words."""
        return self.none is not None and any(
            m.start() < end and start < m.end() and not (start <= m.start() and m.end() < end)
            for m in self.none.finditer(text)
        )


def _find_terms(reading: Reading, pattern: Any, most: int, letters: int = 0) -> frozenset[str]:
    """Return different matches of terms in a document (with ``letters``, the first ones of them, small), ``most`` of them.

    A mention's own words never count, so one more than are needed decides. Many rules have the same terms.
    """
    key = (pattern.source, most, letters)
    known = reading.notes.get(key)
    if known is None:
        found: set[str] = set()
        for match in pattern.finditer(reading.text):
            found.add(match.group().lower()[:letters] if letters else match.group())
            if len(found) == most:
                break
        known = reading.notes[key] = frozenset(found)
    return cast("frozenset[str]", known)
