"""Evidence: what a document must (not) say before a risky word may be read as a certain name.

"IG" is Islamic State beside "Islamic state" or beside Syria and militants; it is never a part of IG Metall, nor an
inspector general's abbreviation in a report that also names Syria.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mtfix.errors import unknown_name
from mtfix.rules.match import compile_pattern
from mtfix.rules.translationese import is_translated
from mtfix.types import Document

# hint: one hint, or proof. evidence: `at_least` hints, or proof. proof: one of `any`. translated: a hint, and signs of
# machine translation in the document (see `translationese`). The words themselves are never their own evidence.
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


# Evidence that several institutions share; a rule names it: `evidence: russia`.
_RUSSIA = (
    "Russia*", "Moscow", "Kremlin", "Putin", "Medvedev", "Duma", "St. Petersburg", "ruble*", "rouble*", "Chechnya",
    "Chechen*", "Dagestan", "Tatarstan", "Siberia*", "Sochi", "Crimea*", "FSB", "TASS", "Interfax", "Caucasus",
    "Soviet", "CIS", "RF", "Sverdlovsk", "Krasnodar", "Ekaterinburg", "Yekaterinburg", "Novosibirsk", "Ingushetia",
)  # fmt: skip
_UKRAINE = (
    "Ukrain*", "Kiev", "Kyiv", "Donbass", "Donbas", "Donetsk", "Lugansk", "Luhansk", "Poroshenko", "Zelensky", "Rada",
    "hryvnia*", "Crimea*", "Minsk", "Kharkov", "Kharkiv", "Odessa", "Odesa", "Mariupol",
)  # fmt: skip
SHARED: Mapping[str, EvidenceModel] = {
    "russia": EvidenceModel(some=_RUSSIA),
    "ukraine": EvidenceModel(some=_UKRAINE),
    "cis": EvidenceModel(
        some=(*_RUSSIA, *_UKRAINE, "Belarus*", "Kazakh*", "Kyrgyz*", "Tajik*", "Uzbek*", "Armenia*", "Azerbaijan*",
              "Georgia*", "Moldova*", "Astana", "Bishkek", "Dushanbe", "Tashkent", "Turkmen*")
    ),
}  # fmt: skip


def read_evidence(value: Any) -> Any:
    """Let evidence be written by the name of a shared set. Raises ValueError for an unknown one."""
    if isinstance(value, str):
        if value not in SHARED:
            raise ValueError(unknown_name("shared evidence", value, SHARED))
        return SHARED[value]
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
    """The evidence that one document gives: proofs and hints found in it."""

    proofs: frozenset[str]
    hints: frozenset[str]
    at_least: int
    document: Document

    def meets(self, need: str, words: str) -> bool:
        """Whether the need of a variant that stands there as ``words`` is met."""
        proof = bool(self.proofs - {words})
        hints = len(self.hints - {words.lower()[:6]})
        if need == "translated":
            return (proof or hints > 0) and is_translated(self.document)
        return not need or proof or (need == "hint" and hints > 0) or (need == "evidence" and hints >= self.at_least)


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

    def weigh(self, document: Document, needed: bool = True) -> Weight:
        """Return what the document's present text says for the entity; nothing where nobody asks for evidence."""
        if not needed:
            return Weight(frozenset(), frozenset(), self.at_least, document)
        text = document.text
        proofs = self.prove(text)
        hints: frozenset[str] = frozenset()
        if self.hints is not None and (self.unless is None or self.unless.search(text) is None):
            # Six letters: terrorist and terrorism are one hint.
            hints = frozenset(m.group().lower()[:6] for m in self.hints.finditer(text))
        return Weight(proofs, hints, self.at_least, document)

    def prove(self, text: str) -> frozenset[str]:
        """Return the proofs that stand in ``text``."""
        return frozenset(m.group() for m in self.proof.finditer(text)) if self.proof is not None else frozenset()

    def excludes(self, text: str, start: int, end: int) -> bool:
        """Whether the span lies in something else that only contains the words."""
        return self.none is not None and any(
            m.start() < end and start < m.end() and not (start <= m.start() and m.end() < end)
            for m in self.none.finditer(text)
        )
