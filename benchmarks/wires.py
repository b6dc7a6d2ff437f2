"""Archives of made-up wires for measurements, from our own seeds (`seeds/`) with other numbers, places and days.

A wire is made of runs of one to six sentences: *defect* runs are parts of a seed, *clean* ones have nothing to repair. By
default every other run is a defect one, and no sentence is drawn twice on purpose (but "The investigation continues."). With
``repeats`` that share of sentences comes from a pool of ``pool`` sentences, as agency copy repeats itself; with ``names``
that share of the others ends in a made-up name (", Oleg Bermanov said."), of which there are 100,000.

Sentences are split into pieces and slots beforehand, and one random number fills all slots of a sentence: a gigabyte takes
about a minute of one core.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLACES = "Moscow Kazan Omsk Samara Tver Perm Tula Ufa Minsk Astana Makhachkala Grozny Nalchik Volgograd Saratov".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
FIRST = "Oleg Anna Ivan Maria Pavel Olga Igor Elena Sergei Irina Anton Vera Denis Nina Roman Yulia Boris Alla".split()
ONSETS = "Ber Var Gal Dor Zhem Zar Kal Kol Lar Mel Mor Nov Ost Pan Rom Sav Sor Tar Tim Ul Fed Khar Chern Shub".split()
MIDDLES = "man din kov len mar nik pol ris sen tal vin zor gush bak".split()
ENDINGS = "ov enko sky ich yan in uk aev".split()
CLEAN = (
    "Residents of {place} waited for the train for {n} minutes.",
    "The investigation continues.",  # agency copy repeats
    "The court in {place} postponed the hearing to {day}.",
    "It rained in {place} on {day}, and {n} flights were delayed.",
    "The company employs {n},500 people in {place} and plans to open a second plant.",
    "Officials in {place} said on {day} that the road would be closed for {n} days.",
    "“We are waiting for a decision,” the mayor of {place} said on {day}.",
    "The team from {place} won the match on {day}, its {n}th victory this season.",
)
_SLOTS = re.compile(rf"([1-9]|\b(?:{'|'.join(PLACES)})\b|\b(?:{'|'.join(DAYS)})\b)")
_CHUNK = 500  # documents made at once; each chunk has a random generator of its own
_ONE_IN = 64  # of this share of sentences, chosen by hash, it is counted how many differ


@dataclass(frozen=True)
class Mixture:
    """What an archive is made of. ``defects``, ``repeats`` and ``names`` are shares from 0 to 1, ``sentences`` a mean."""

    documents: int
    sentences: int = 130
    defects: float = 0.5
    repeats: float = 0.0
    names: float = 0.0
    pool: int = 5000
    seed: int = 1


@dataclass(frozen=True)
class Template:
    """A sentence cut at its slots: ``pieces[i]`` stands before slot ``i``; a slot is a row of values."""

    pieces: tuple[str, ...]
    slots: tuple[Sequence[str], ...]

    def fill(self, number: int) -> str:
        """Return the sentence with values that ``number`` chooses: no two of its slots alike."""
        parts = [self.pieces[0]]
        for slot, piece in zip(self.slots, self.pieces[1:], strict=True):
            parts.append(slot[number % len(slot)])
            parts.append(piece)
            number = number * 5 // 4 + 7
        return "".join(parts)


def make_template(sentence: str) -> Template:
    """Return the template of a sentence: its digits, places and days are slots."""
    parts = _SLOTS.split(sentence)
    slots = [DAYS if p in DAYS else PLACES if p in PLACES else "123456789" for p in parts[1::2]]
    return Template(tuple(parts[::2]), tuple(slots))


class Writer:
    """Makes wires of a mixture; the same chunk is always the same."""

    def __init__(self, mixture: Mixture) -> None:
        self._mixture = mixture
        self._seeds = [[make_template(s) for s in wire] for wire in read_seeds()]
        numbers = [str(n) for n in range(2, 91)]
        self._clean = [_make_clean(text, numbers) for text in CLEAN]
        r = random.Random(f"pool {mixture.seed}")
        wanted = mixture.pool if mixture.repeats else 0
        self._pools = {
            kind: list(itertools.islice(self._draw_fresh(r, kind), max(1, wanted // 2))) if wanted else []
            for kind in (True, False)
        }

    def _draw_fresh(self, r: random.Random, is_defect: bool) -> Iterator[str]:
        while True:
            for template in self._draw_run(r, is_defect):
                yield template.fill(r.getrandbits(40))

    def _draw_run(self, r: random.Random, is_defect: bool) -> Sequence[Template]:
        if not is_defect:
            return [r.choice(self._clean) for _ in range(r.randint(1, 6))]
        wire = r.choice(self._seeds)
        first = r.randrange(len(wire))
        return wire[first : first + r.randint(1, 6)]

    def write_chunk(self, number: int) -> tuple[bytes, int, set[int]]:
        """Return the lines of a chunk, how many sentences they have, and hashes of a sample of those."""
        r = random.Random(f"{self._mixture.seed} {number}")
        first = number * _CHUNK
        lines: list[str] = []
        total = 0
        sample: set[int] = set()
        for i in range(first, min(first + _CHUNK, self._mixture.documents)):
            sentences = self._write_wire(r)
            total += len(sentences)
            sample.update(h for h in map(zlib.crc32, map(str.encode, sentences)) if not h % _ONE_IN)
            text = "\n\n".join(" ".join(sentences[k : k + 3]) for k in range(0, len(sentences), 3))
            lines.append(json.dumps({"id": i, "title": f"Wire {i}", "body": {"text": text}}) + "\n")
        return "".join(lines).encode(), total, sample

    def _write_wire(self, r: random.Random) -> list[str]:
        mixture = self._mixture
        wanted = r.randint(mixture.sentences // 2, mixture.sentences * 3 // 2)
        sentences: list[str] = []
        while len(sentences) < wanted:
            is_defect = r.random() < mixture.defects
            for template in self._draw_run(r, is_defect):
                if mixture.repeats and r.random() < mixture.repeats:
                    sentences.append(r.choice(self._pools[is_defect]))
                    continue
                sentence = template.fill(r.getrandbits(40))
                if mixture.names and sentence.endswith(".") and r.random() < mixture.names:
                    sentence = f"{sentence[:-1]}, {make_name(r.getrandbits(40))} said."
                sentences.append(sentence)
        return sentences


def make_name(number: int) -> str:
    """Return a first name and a surname that ``number`` chooses."""
    parts = []
    for row in (FIRST, ONSETS, MIDDLES, ENDINGS):
        number, place = divmod(number, len(row))
        parts.append(row[place])
    return f"{parts[0]} {''.join(parts[1:])}"


def _make_clean(text: str, numbers: Sequence[str]) -> Template:
    values: dict[str, Sequence[str]] = {"place": PLACES, "day": DAYS, "n": numbers}
    parts = re.split(r"\{(\w+)\}", text)
    return Template(tuple(parts[::2]), tuple(values[name] for name in parts[1::2]))


def read_seeds() -> list[list[str]]:
    """Return the segments of each seed wire."""
    wires = []
    for path in sorted((ROOT / "seeds").glob("ru-*.tsv")):
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        wires.append([row[1] for row in rows if len(row) > 1])
    return wires


_writers: dict[Mixture, Writer] = {}


def _write_chunk(mixture: Mixture, number: int) -> tuple[bytes, int, set[int]]:
    if mixture not in _writers:
        _writers[mixture] = Writer(mixture)
    return _writers[mixture].write_chunk(number)


def write_archive(path: Path, mixture: Mixture, workers: int = 1) -> tuple[int, float]:
    """Write a JSONL table; return how many sentences it has and the share of them that differ (estimated).

    The bytes depend on the mixture alone. ``path`` is there whole or not at all.
    """
    total = 0
    distinct: set[int] = set()
    part = path.with_name(path.name + ".part")
    chunks = range(-(-mixture.documents // _CHUNK))
    with part.open("wb") as file, ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = []
        for number in itertools.chain(chunks, [None] * 2 * workers):
            if number is not None:
                waiting.append(pool.submit(_write_chunk, mixture, number))
            if waiting and (number is None or len(waiting) > 2 * workers):  # no more in memory than that
                data, sentences, hashes = waiting.pop(0).result()
                file.write(data)
                total += sentences
                distinct |= hashes
    part.replace(path)
    return total, min(1.0, len(distinct) * _ONE_IN / max(1, total))
