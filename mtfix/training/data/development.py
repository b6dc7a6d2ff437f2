"""The sentences that the model is calibrated on: outputs of many systems that training does not use, and clean text.

The network that judges hunks is fitted on all of them; gate and thresholds are chosen for the Russian-to-English
development sets and clean news among them.
"""

from __future__ import annotations

import html
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mtfix.training.data.pairs import similarity, words
from mtfix.training.data.readers import data_folder, detokenize, learn_case, open_lines, read_table, truecase

#: Campaigns by year: segments of outputs in an old style (shared out among the systems of `OLD_STYLE`), and of others.
CAMPAIGNS: Mapping[str, tuple[int, int]] = {
    "newstest2017": (1800, 500), "newstest2018": (1000, 700), "newstest2019": (500, 500), "newstest2021": (0, 300),
    "generaltest2022": (0, 300), "generaltest2023": (0, 200),
}  # fmt: skip
LANGUAGES: Mapping[str, str] = {
    "newstest2017": "cs de fi lv tr zh", "newstest2018": "cs de et fi tr zh", "newstest2019": "de fi gu kk lt zh",
    "newstest2021": "cs de is ja zh", "generaltest2022": "cs de ru uk", "generaltest2023": "de uk",
}  # fmt: skip
#: Rule-based, statistical and unsupervised systems, by the beginnings of their names.
OLD_STYLE: Mapping[str, tuple[str, ...]] = {
    "newstest2017.cs": ("PJATK", "online-A"), "newstest2017.de": ("SYSTRAN", "online-A", "online-F", "online-G", "C-3MA"),
    "newstest2017.fi": ("apertium", "Hunter", "online-A", "online-G"),
    "newstest2017.lv": ("jhu-pbmt", "PJATK", "Hunter", "tilde"),
    "newstest2017.tr": ("PROMT-SMT", "jhu-pbmt", "online-G", "JAIST", "afrl"),
    "newstest2017.zh": ("PROMT-SMT", "online-F", "online-G", "CASICT"), "newstest2018.cs": ("online-G",),
    "newstest2018.de": ("online-F", "online-G", "JHU"), "newstest2018.et": ("online-G", "UnsupTartu", "talp"),
    "newstest2018.fi": ("online-G", "JUCBNMT"), "newstest2018.tr": ("online-G",),
    "newstest2018.zh": ("online-F", "online-G"), "newstest2019.de": ("online-G", "JHU"),
    "newstest2019.fi": ("parfda", "online-G", "apertium"), "newstest2019.gu": ("online-G", "Ju_", "IITP"),
    "newstest2019.kk": ("DBMS", "Frank", "online-G"), "newstest2019.lt": ("JUMT", "online-G"),
}  # fmt: skip
VOICES = 5  # outputs of other systems that have a say, best systems first
OTHERS = 4  # systems of a set that the segments of other outputs are shared out among
#: One output a segment, of statistical systems mostly.
ASSESSED = tuple(f"newstest2015-DAseg.{x}-en" for x in ("cs", "de", "fi")) + tuple(
    f"newstest2016-DAseg.{x}-en" for x in ("cs", "de", "fi", "ro", "tr")
)
POST_EDITED = ("et", "ro")  # languages of MLQE-PE, the dev files
#: Clean text by file and number of sentences skipped, which other steps use.
CLEAN = {"da-press": 0, "reuters21578": 30000, "senate-press": 50000, "abc-news": 5000}
CLEAN_SENTENCES = 1500  # of each file
# Where gate and thresholds are chosen: Russian-to-English development sets and clean news (sentences, skipped).
CHOOSING = ("wmt/newstest2015-DAseg.ru-en.dev", "wmt/newstest2016-DAseg.ru-en.dev", "ape/mlqe-pe.ru-en.dev")
CLEAN_CHOOSING = {"pud": (900, 0), "gum-news": (500, 0), "gum-interview": (300, 0), "da-press": (600, 3000)}
_CASE = {"gmb-voa": 60000, "newstest-en": 60000, "abc-news": 60000}  # lines that capitals are learnt from


@dataclass(frozen=True, slots=True)
class Row:
    """A machine translation and what humans wrote; clean text has itself as reference.

    ``group`` names the set, ``document`` the texts of one system in it: they share a style. ``voices`` are what the set's
    best systems made of the same sentence: worse than a reference, but many.
    """

    mt: str
    references: tuple[str, ...]
    group: str
    document: str
    voices: tuple[str, ...] = ()


def _is_fit(row: Row) -> bool:
    return bool(row.references) and 4 <= len(row.mt.split()) <= 60 and not row.mt.islower()


def _references(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(html.unescape(v) for k, v in row.items() if k.startswith("ref") and v)


def read_rows(path: Path, *, systems: int, rng: random.Random) -> Iterator[Row]:
    """Yield rows of a TSV of post-edits or of system outputs (``systems`` of them a segment, drawn at random).

    Post-edits stand alone, each a document of its own: single sentences from everywhere.
    """
    group = path.name.removesuffix(".tsv.xz")
    for number, row in enumerate(read_table(path)):
        if "pe" in row:
            found = [Row(detokenize(row["mt"]), (detokenize(row["pe"]),), group, f"{group}/{number}")]
        else:
            names = [k for k, v in row.items() if k.startswith("hyp.") and v]
            chosen = rng.sample(names, min(systems, len(names)))
            found = [Row(html.unescape(row[n]), _references(row), group, f"{group}/{n}") for n in chosen]
        yield from filter(_is_fit, found)


def rank_systems(table: Sequence[Mapping[str, str]], sample: int = 300) -> list[str]:
    """Return the columns of outputs of a set, nearest to the references (in the first ``sample`` rows) first."""
    found: dict[str, list[float]] = {}
    for row in table[:sample]:
        references = _references(row)
        for name in (n for n in row if n.startswith("hyp.") and references):
            output = words(html.unescape(row[name]))
            found.setdefault(name, []).append(max(similarity(output, words(r)) for r in references))
    return sorted(found, key=lambda n: (-sum(found[n]) / len(found[n]), n))


def campaign_rows(
    name: str, language: str, root: Path, rng: random.Random, usual: Mapping[str, str], share: float = 1.0
) -> Iterator[Row]:
    """Yield runs of consecutive segments by the old-style systems of a set and by a few others.

    The outputs of 2017 are lower-cased and tokenised: they get the capitals of the reference and of ``usual``.
    """
    group = f"{name}.{language}-en"
    table = list(read_table(root / "wmt" / f"{group}.train.tsv.xz"))
    ranked = rank_systems(table)
    names = sorted(ranked)
    old = [n for n in names if n.removeprefix("hyp.").startswith(OLD_STYLE.get(f"{name}.{language}", ()))]
    others = [n for n in names if n not in old]
    of_old, of_others = (int(count * share) for count in CAMPAIGNS[name])
    for systems, count in ((old, of_old), (rng.sample(others, min(OTHERS, len(others))), of_others)):
        each = max(1, count // max(len(systems), 1))
        for system in systems if count else ():
            first = rng.randrange(max(1, len(table) - each))
            for row in table[first : first + each]:
                mt, references = html.unescape(row[system]), _references(row)
                if name == "newstest2017" and references:
                    mt = truecase(detokenize(mt), references[0], usual)
                voices = [detokenize(row[n]) for n in ranked if n != system and row[n]][:VOICES]
                yield from filter(_is_fit, [Row(mt, references, group, f"{group}/{system}", tuple(voices))])


def clean_rows(name: str, limit: int, folder: Path | None = None, skip: int = 0) -> Iterator[Row]:
    """Yield sentences of clean news: every hunk in them is a false alarm."""
    count = 0
    for line in open_lines(data_folder(folder) / "mono" / f"{name}.txt.xz"):
        if 6 <= len(line.split()) <= 45 and line[0].isupper() and line.rstrip()[-1] in '.”"!?' and line.count(". ") < 2:
            count += 1
            if count > skip:
                yield Row(line, (line,), f"clean:{name}", f"clean:{name}")
            if count >= limit + skip:
                return


def _clean_lines(root: Path) -> Iterable[str]:
    for name, count in _CASE.items():
        yield from islice(open_lines(root / "mono" / f"{name}.txt.xz"), count)


def calibration_rows(folder: Path | None = None, share: float = 1.0, seed: int = 5) -> list[Row]:
    """Return ``share`` of the rows that the network is fitted on, besides `development_rows`."""
    root, rng = data_folder(folder), random.Random(seed)
    usual = learn_case(_clean_lines(root))
    rows = [
        row
        for name, languages in LANGUAGES.items()
        for language in languages.split()
        for row in campaign_rows(name, language, root, rng, usual, share)
    ]
    for name in ASSESSED:
        found = list(read_rows(root / "wmt" / f"{name}.train.tsv.xz", systems=2, rng=rng))
        rows += found[: int(len(found) * share)]
    for language in POST_EDITED:
        found = list(read_rows(root / "ape" / f"mlqe-pe.{language}-en.dev.tsv.xz", systems=1, rng=rng))
        rows += found[: int(len(found) * share)]
    for name, skip in CLEAN.items():
        rows += clean_rows(name, int(CLEAN_SENTENCES * share), folder, skip=skip)
    return rows


def assessed_rows(folder: Path | None = None, seed: int = 3) -> list[Row]:
    """Return the rows of newstest2015 and 2016 among `development_rows`, without clean text."""
    root, rng = data_folder(folder), random.Random(seed)
    return [
        row
        for name in CHOOSING
        if name.startswith("wmt/")
        for row in read_rows(root / f"{name}.tsv.xz", systems=1, rng=rng)
    ]


def development_rows(folder: Path | None = None, seed: int = 3) -> list[Row]:
    """Return the rows on which gate and thresholds are chosen: `CHOOSING`, its references and other clean text.

    References are translations, too, by people: the clean text that reads most like a machine's.
    """
    root, rng = data_folder(folder), random.Random(seed)
    rows = [row for name in CHOOSING for row in read_rows(root / f"{name}.tsv.xz", systems=1, rng=rng)]
    people = [
        Row(r.references[0], r.references[:1], f"clean:{r.group}", f"clean:{r.group}")
        for r in rows
        if r.group.startswith("newstest")
    ]
    return [
        *rows,
        *filter(_is_fit, people),
        *(r for name, (count, skip) in CLEAN_CHOOSING.items() for r in clean_rows(name, count, folder, skip=skip)),
    ]
