"""Makes `lexicon.bin` from `lexicon.tsv`: `python -m mtfix.sources.russian.build_lexicon [ENGLISH TEXT ...]`.

Needs the extra `lexicon` (pymorphy3 and its dictionary). English texts (plain, .gz or .xz) add their words to
`lookalikes.txt`: English words that a romanized Russian one would be taken for, which are left alone. What is known of
English without a text are the words of lemminflect.
"""

from __future__ import annotations

import csv
import gzip
import lzma
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mtfix.sources.russian.levelling import level_romanized, level_word
from mtfix.sources.russian.lexicon import (
    AMBIGUOUS,
    BEHIND_FIGURE,
    DIRECT,
    ENGLISH,
    FILE,
    FORM_BITS,
    LEMMA_BITS,
    MAGIC,
    MARK_BITS,
    hash_key,
)
from mtfix.sources.russian.numerals import MEASURES, compound_measures

HERE = Path(__file__).parent
SINGULAR, PLURAL = 1, 2
# Forms of verbs; those of `be` need a number.
PLAIN, PAST, PRESENT, GERUND, PARTICIPLE, PAST_PLURAL, PRESENT_PLURAL = range(1, 8)
_CLASSES = {"noun": "n", "adj": "a", "place": "p", "verb": "v", "other": "d", "measure": "m"}
_POS = {"n": ("NOUN", "ADJF", "PRTF"), "a": ("ADJF", "PRTF"), "p": ("ADJF",), "v": ("INFN",), "m": ("ADJF",)}
_WORD = re.compile(r"(?<![A-Za-z'’-])[a-z]{3,}(?![A-Za-z])")
_HEAD = re.compile(r"(?= (?:of|on|in|under|at|from|to) )")
# Plurals that are the singular.
_INVARIANT = frozenset(
    "aircraft barracks crossroads headquarters series Chinese Japanese Portuguese Swiss Vietnamese".split()
)
# Below this share of a form's uses another Russian word is not what an editor must reckon with.
_RARE = 0.15
_NAMES = frozenset(("Name", "Surn", "Patr"))
_BE = {
    PLAIN: "be",
    PAST: "was",
    PRESENT: "is",
    GERUND: "being",
    PARTICIPLE: "been",
    PAST_PLURAL: "were",
    PRESENT_PLURAL: "are",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of `lexicon.tsv`."""

    lemma: str
    kind: str
    number: str
    gloss: str
    doubtful: bool


def read_entries(path: Path) -> list[Entry]:
    """Return the lines of the lexicon, and the numerals that a pattern makes: двухлетний, пятиэтажный."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    entries = [Entry(r["lemma"], _CLASSES[r["pos"]], r["number"], r["gloss"], r["doubtful"] == "?") for r in rows]
    known = {e.lemma.replace("ё", "е") for e in entries}
    made = [Entry(word, "m", "", gloss, False) for word, gloss in compound_measures()]
    bare = [Entry(BEHIND_FIGURE + word, "m", "", gloss, False) for word, gloss in MEASURES.items()]
    return entries + [e for e in made if e.lemma.replace("ё", "е") not in known] + bare


def inflect_gloss(entry: Entry) -> tuple[str, ...]:
    """Return the English of an entry's first gloss by the number of the form; a form without English of its own is ''."""
    gloss = entry.gloss.split("/")[0]
    if entry.kind == "n":
        return "", gloss, gloss if entry.number != "c" else pluralize(gloss)
    if entry.kind == "v":
        first, _, rest = gloss.partition(" ")
        forms = _BE if first == "be" else conjugate(first)
        return "", *(f"{forms[code]} {rest}".strip() for code in range(PLAIN, PRESENT_PLURAL + 1))
    return (gloss,)


def pluralize(gloss: str) -> str:
    """Return the plural of an English noun phrase: its head is the last word, or the one before a preposition."""
    from lemminflect import getInflection

    phrase = _HEAD.split(gloss)[0]
    before, _, head = phrase.rpartition(" ")
    if head in _INVARIANT:
        return gloss
    if head.endswith("man") and head[0].islower() and head != "human":
        plural = head[:-3] + "men"
    elif head[0].isupper() or head in ("oblast", "imam", "mufti", "judoka"):
        plural = head[:-3] + "men" if head.endswith("man") and head not in ("German", "Roman") else head + "s"
    else:
        plural = next(iter(getInflection(head, "NNS")), head + "s")
    return f"{before} {plural}".strip() + gloss[len(phrase) :]


def conjugate(verb: str) -> Mapping[int, str]:
    """Return the forms of an English verb by code."""
    from lemminflect import getInflection

    def form(tag: str) -> str:
        return str(next(iter(getInflection(verb, tag)), verb))

    past = form("VBD")
    return {
        PLAIN: verb,
        PAST: past,
        PRESENT: form("VBZ"),
        GERUND: form("VBG"),
        PARTICIPLE: form("VBN"),
        PAST_PLURAL: past,
        PRESENT_PLURAL: verb,
    }


def inflect(entry: Entry, morph: Any) -> Iterator[tuple[str, int, bool]]:
    """Yield the forms of a lemma: spelling, code, and whether it may be a nominative or accusative."""
    lemma = entry.lemma.removeprefix(BEHIND_FIGURE)
    parse = choose_parse(morph.parse(lemma), lemma, entry.kind)
    if parse is None:
        yield lemma, SINGULAR if entry.kind == "n" else 0, True
        return
    if entry.kind == "v":
        for form in parse.lexeme:
            code = code_verb(form.tag)
            if code:
                yield form.word, code, False
        return
    only_plural = entry.kind == "n" and "plur" in parse.tag and entry.number == "p"
    substantive = entry.kind == "n" and parse.tag.POS != "NOUN"
    for form in decline(parse):
        tag = form.tag
        if entry.kind != "n":
            yield form.word, 0, True
        elif not (only_plural and "plur" not in tag) and not (
            substantive and tag.gender is not None and tag.gender != parse.tag.gender
        ):
            direct = "nomn" in tag or ("accs" in tag and "anim" not in tag)  # that of persons looks like a genitive
            either = "Pltm" in tag and entry.number == "c"  # ворота: one goal or several
            yield form.word, SINGULAR | PLURAL if either else PLURAL if "plur" in tag else SINGULAR, direct


def decline(parse: Any) -> Iterator[Any]:
    """Yield the cases of a noun, adjective or participle."""
    if parse.tag.POS != "PRTF":
        for form in parse.lexeme:
            if form.tag.POS == parse.tag.POS and not {"Supr", "V-ej"} & set(form.tag.grammemes) - set(
                parse.tag.grammemes
            ):
                yield form
        return
    for case in ("nomn", "gent", "datv", "accs", "ablt", "loct"):
        for of in ("masc", "femn", "neut", "plur"):
            for living in ("anim", "inan") if case == "accs" and of in ("masc", "plur") else ("",):
                form = parse.inflect({case, of, living} - {""})
                if form is not None:
                    yield form


def choose_parse(parses: Iterable[Any], lemma: str, kind: str) -> Any:
    """Return the analysis of a lemma that its class asks for, None for words without inflection."""
    bare = lemma.replace("ё", "е")
    for part in _POS.get(kind, ()):
        fitting = [p for p in parses if part == p.tag.POS]
        whole = [p for p in fitting if p.normal_form.replace("ё", "е") == bare]
        nominative = [p for p in fitting if "nomn" in p.tag]
        if whole or nominative or fitting:
            return (whole or nominative or fitting)[0]
    return None


def code_verb(tag: Any) -> int:
    """Return the English form for a form of a Russian verb, 0 for one without."""
    if tag.POS == "INFN":
        return PLAIN
    if tag.POS == "GRND" or (tag.POS == "PRTF" and "actv" in tag):
        return GERUND
    if tag.POS in ("PRTF", "PRTS"):
        return PARTICIPLE if "pssv" in tag else 0
    if tag.POS != "VERB" or "impr" in tag:
        return 0
    if "past" in tag:
        return PAST_PLURAL if "plur" in tag else PAST
    return PRESENT if "3per" in tag and "sing" in tag else PRESENT_PLURAL


def gather_rows(entries: list[Entry], morph: Any) -> dict[str, dict[int, list[int]]]:
    """Return by key and number of the lemma its form and marks."""
    glosses: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        glosses[entry.lemma.replace("ё", "е")].add(entry.gloss)
    rows: dict[str, dict[int, list[int]]] = defaultdict(dict)
    for number, entry in enumerate(entries):
        prefix = BEHIND_FIGURE if entry.lemma.startswith(BEHIND_FIGURE) else ""
        for word, code, direct in inflect(entry, morph):
            row = rows[prefix + level_word(word)].setdefault(number, [code, 0])
            if entry.kind == "n":
                row[0] |= code
            row[1] |= DIRECT * direct | AMBIGUOUS * is_ambiguous(word, entry, morph, glosses)
    return rows


def is_ambiguous(word: str, entry: Entry, morph: Any, glosses: Mapping[str, set[str]]) -> bool:
    """Whether a form is as well one of another Russian word with another English, or of the name of a person."""
    lemma = entry.lemma.removeprefix(BEHIND_FIGURE).replace("ё", "е")
    kinds = _POS.get(entry.kind, ())
    for parse in morph.parse(word):
        other = parse.normal_form.replace("ё", "е")
        if parse.is_known and _NAMES & set(parse.tag.grammemes):
            return True
        if parse.score < _RARE or other == lemma or not parse.is_known:
            continue
        if parse.tag.POS in kinds and entry.gloss in glosses.get(other, ()):
            continue
        if parse.tag.POS in ("PRTF", "PRTS", "ADJS") and entry.kind in "nam" and parse.tag.POS in kinds:
            continue  # a participle that became a noun or adjective
        return True
    return False


def known_english(path: Path, texts: Iterable[Path], keys: frozenset[str]) -> list[str]:
    """Return the English words that have the key of a Russian one: those of the list, of lemminflect and of texts."""
    words = set(path.read_text(encoding="utf-8").split()) if path.exists() else set()
    words |= lemminflect_words()
    for text in texts:
        for line in open_text(text):
            words.update(_WORD.findall(line))
    return sorted(w for w in words if any(key in keys or BEHIND_FIGURE + key in keys for key in level_romanized(w)))


def lemminflect_words() -> set[str]:
    """Return the words of lemminflect's lexicon, their forms too."""
    import lemminflect

    folder = Path(lemminflect.__file__).parent / "resources"
    words: set[str] = set()
    for name in ("infl_lu.csv.gz", "lemma_lu.csv.gz"):
        with gzip.open(folder / name, "rt", encoding="utf-8") as file:
            for line in file:
                words.update(re.findall(r"[a-z]{3,}", line.lower()))
    return words


def open_text(path: Path) -> Iterator[str]:
    """Yield the lines of a text, packed or not."""
    opener: Any = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    with opener(path, "rt", encoding="utf-8") as file:
        yield from file


def pack(entries: list[Entry], rows: Mapping[str, Mapping[int, list[int]]], english: Iterable[str]) -> bytes:
    """Return the file: a magic line, the number of rows, the rows in order, the lemmas."""
    shared = {key for word in english for key in level_romanized(word)}
    shared |= {BEHIND_FIGURE + key for key in shared}
    packed = sorted(
        (((hash_key(key) << LEMMA_BITS | number) << FORM_BITS | code) << MARK_BITS) | marks | ENGLISH * (key in shared)
        for key, found in rows.items()
        for number, (code, marks) in found.items()
    )
    lines = (
        "\t".join(
            (e.lemma.removeprefix(BEHIND_FIGURE), e.kind + e.number + "?" * e.doubtful, e.gloss, *inflect_gloss(e))
        )
        for e in entries
    )
    body = b"".join(row.to_bytes(8, "little") for row in packed)
    return MAGIC + len(packed).to_bytes(4, "little") + body + zlib.compress("\n".join(lines).encode(), 9)


def main(texts: Iterable[str]) -> None:
    """Build the lexicon beside this module."""
    import pymorphy3

    entries = read_entries(HERE / "lexicon.tsv")
    assert len(entries) < 1 << LEMMA_BITS, "the table has no room for so many lemmas"
    rows = gather_rows(entries, pymorphy3.MorphAnalyzer())
    lookalikes = HERE / "lookalikes.txt"
    english = known_english(lookalikes, map(Path, texts), frozenset(rows))
    lookalikes.write_text("\n".join(english) + "\n", encoding="utf-8")
    (HERE / FILE).write_bytes(pack(entries, rows, english))
    print(f"{len(entries)} lemmas, {len(rows)} keys, {len(english)} English lookalikes")


if __name__ == "__main__":
    main(sys.argv[1:])
