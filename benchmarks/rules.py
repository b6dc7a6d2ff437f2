"""Rules-only throughput, and how it grows with the number of rules.

    python benchmarks/rules.py [--segments N] [--text FILE]

Runs on generated news-like text, or on FILE (one segment a line). One core, one run; read the ratios, the absolute
figures are noisy. The growth part makes rules of random words so that 100, 1,000 and 3,000 rules meet the same text.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

from mtfix.config import Config
from mtfix.formats import read_document
from mtfix.pipeline import build_pipeline
from mtfix.profile import Profile
from mtfix.rules.engine import RuleStage
from mtfix.rules.index import RuleIndex
from mtfix.rules.packs.read import parse_pack
from mtfix.rules.packs.select import compile_rules

NOUNS = "police officials residents court ministry company agency minister governor army bank team region city border".split()
VERBS = (
    "detained reported opened said closed received approved visited announced found sent helped lost won built".split()
)
PLACES = "Moscow Kazan Omsk Samara Tver Perm Tula Ufa Minsk Astana Geneva London Ankara Berlin".split()
TAILS = (
    "on October 16",
    "according to the press service",
    "in connection with the investigation",
    "for 2,5 thousand rubles",
    "on Monday",
    "after a meeting with colleagues",
    "on permanent basis",
)


def write_news(segments: int, seed: int = 1) -> list[str]:
    """Return generated sentences of 15 to 25 words."""
    rng = random.Random(seed)

    def clause() -> str:
        return (
            f"the {rng.choice(NOUNS)} of the {rng.choice(NOUNS)} in {rng.choice(PLACES)} {rng.choice(VERBS)} "
            f"{rng.randint(2, 900)} {rng.choice(NOUNS)} {rng.choice(TAILS)}"
        )

    return [f"{clause().capitalize()} and {clause()}." for _ in range(segments)]


def make_rules(count: int, seed: int = 2) -> str:
    """Return a pack of ``count`` substitutions of two random words each; none has to do with the text."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnoprstuvwy"
    word = lambda: "".join(rng.choices(letters, k=rng.randint(4, 9)))  # noqa: E731
    lines = ["pack: generated", "rules:"]
    for i in range(count):
        lines += [
            f"  - {{id: GEN_{i}, kind: substitution, why: Generated., match: '\\b{word()}(?:s|ed|ing)? (?:the )?{word()}\\b',",
            f"     replace: '{word()}', examples: [{{bad: a, good: b}}, {{keep: c}}]}}",
        ]
    return "\n".join(lines)


def measure(segments: list[str], run: object) -> float:
    """Return segments a second over documents of 25 segments, the first third of which only warms up."""
    texts = [" ".join(segments[i : i + 25]) for i in range(0, len(segments), 25)]
    documents = [read_document(text) for text in texts]
    first, rest = documents[: len(documents) // 3], documents[len(documents) // 3 :]
    for document in first:  # rules compile when they wake, RE2 builds its automata while it reads
        run(document)  # type: ignore[operator]
    start = time.process_time()
    for document in rest:  # other documents: what is known of a sentence is remembered
        run(document)  # type: ignore[operator]
    return sum(len(d.segments) for d in rest) / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--segments", type=int, default=10_000)
    parser.add_argument("--text", type=Path, help="news text, one segment a line")
    args = parser.parse_args()
    segments = write_news(args.segments)
    if args.text:
        segments = [s for s in args.text.read_text(encoding="utf-8").split("\n") if s][: args.segments]

    start = time.perf_counter()
    pipeline = build_pipeline(Config(rules_only=True))
    print(f"packs: {len(pipeline.rules)} rules, loaded and compiled in {time.perf_counter() - start:.2f} s")
    print(f"all packs, profile plain: {measure(segments, pipeline):,.0f} segments/CPU s (segmented already)")
    start = time.process_time()
    texts = [" ".join(segments[i : i + 25]) for i in range(0, len(segments), 25)]
    for text in texts:
        pipeline(read_document(text))
    print(f"all packs, reading included: {len(segments) / (time.process_time() - start):,.0f} segments/CPU s")

    base = 0.0
    for count in (100, 300, 1000, 3000):
        rules = compile_rules(parse_pack(make_rules(count), "generated.yaml").rules, Profile())
        stage = RuleStage("pre", RuleIndex(rules), Profile())
        rate = measure(segments, stage)
        base = base or rate
        print(f"{count:>5} generated rules: {rate:,.0f} segments/CPU s, cost x{base / rate:.2f} of that with 100 rules")


if __name__ == "__main__":
    main()
