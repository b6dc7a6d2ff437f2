"""Firings of the rule packs on clean news: each one is a false positive to fix or to justify.

    MTFIX_DATA=... python benchmarks/false_positives.py [FILES.xz ...] [--profile P] [--words N] [--rule ID] [--write]

Counts, for each rule, firings per 20,000 running words of clean text (default: the news of ``$MTFIX_DATA/mono``), and
prints examples with ``--rule``. ``--write`` puts the table (counts only, no text) into docs/false-positives.md, or
docs/false-positives-unseen.md. Verdicts come from false_positive_verdicts.tsv, where a person who read the firings wrote
how many were wrong; a rule without a verdict counts as wrong.
"""

from __future__ import annotations

import argparse
import csv
import lzma
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mtfix.config import Config
from mtfix.findings import locate_edits
from mtfix.formats import read_document
from mtfix.pipeline import build_pipeline

# Clean news, and how many of its lines make a document. The second group was not looked at while rules were written.
TUNED = ("gmb-voa", "newstest-en", "abc-news", "reuters21578", "au-pm-media")
UNSEEN = (
    "au-pm-speech",
    "sotu",
    "state-frus-history",
    "state-rdcr",
    "gum-interview",
    "re3d-uk_government",
    "re3d-us_state_department",
)
LINES = 20
DOCS = Path(__file__).parent.parent / "docs"
VERDICTS = Path(__file__).parent / "false_positive_verdicts.tsv"


def read_lines(path: Path, words: int, tail: bool) -> Iterator[str]:
    """Yield lines of about ``words`` running words, from the end of the file for ``tail``."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip()]
    count = 0
    for line in reversed(lines) if tail else lines:
        if count >= words:
            return
        count += len(line.split())
        yield line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--profile", default="plain")
    parser.add_argument("--words", type=int, default=200_000, help="at most this many words of each file")
    parser.add_argument("--tail", action="store_true", help="take the words from the end of each file")
    parser.add_argument("--unseen", action="store_true", help="the files that rules were not tuned on")
    parser.add_argument("--rule", help="print this rule's firings ('all' for every AUTO firing)")
    parser.add_argument("--fix", default="safe")
    parser.add_argument("--write", action="store_true", help="write the table to docs/")
    args = parser.parse_args()
    files = args.files
    if not files:
        folder = Path(os.environ.get("MTFIX_DATA", "")) / "mono"
        files = [folder / f"{name}.txt.xz" for name in (UNSEEN if args.unseen else TUNED)]
        missing = [f for f in files if not f.exists()]
        if missing:
            sys.exit(f"{missing[0]}: no such file: name files, or let MTFIX_DATA point to the data")
    pipeline = build_pipeline(Config(rules_only=True, profile=args.profile, fix=args.fix))
    auto: dict[str, Counter[str]] = {}
    shown: dict[str, Counter[str]] = {}
    words: Counter[str] = Counter()
    for path in files:
        name = path.name.split(".")[0]
        auto[name], shown[name] = Counter(), Counter()
        batch: list[str] = []
        lines = [*read_lines(path, args.words, args.tail), ""]
        for number, line in enumerate(lines, 1):
            batch.append(line)
            if len(batch) < LINES and number < len(lines):
                continue
            text = "\n\n".join(batch)
            batch = []
            words[name] += len(text.split())
            document = pipeline(read_document(text))
            for found in locate_edits(document):
                rule = found.edit.by.removeprefix("rule:")
                (auto if found.applied else shown)[name][rule] += 1
                if args.rule == rule or (args.rule == "all" and found.applied):
                    around = document.mt[max(0, found.start - 60) : found.start]
                    behind = document.mt[found.end : found.end + 60]
                    print(f"{rule}: {around}[{found.before} -> {found.edit.replacement}]{behind}".replace("\n", " "))
    table = render(auto, shown, words, args)
    print(table)
    if args.write:
        name = "false-positives-unseen.md" if args.unseen else "false-positives.md"
        (DOCS / name).write_text(table, encoding="utf-8")


def read_verdicts() -> dict[str, tuple[int, str]]:
    """Return rule -> how many of its firings were wrong, and why the others are right."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        return {
            r["rule"]: (int(r["wrong"]), r["verdict"])
            for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        }


def render(
    auto: dict[str, Counter[str]], shown: dict[str, Counter[str]], words: Counter[str], args: argparse.Namespace
) -> str:
    """Return the table as Markdown: a line a rule, a column a corpus, how many were wrong, the verdict."""
    total = sum(words.values())
    kind = "text that rules were not tuned on" if args.unseen else "clean news"
    out = [f"# Firings on {kind}", ""]
    out += ["Made by `python benchmarks/false_positives.py " + " ".join(sys.argv[1:]) + "`.", ""]
    out += [f"{total:,} running words, profile `{args.profile}`, {LINES} lines a document. Counts of AUTO edits.", ""]
    names = list(words)
    out += [
        "| rule | " + " | ".join(names) + " | all | wrong | verdict |",
        "|---|" + "---:|" * (len(names) + 2) + "---|",
    ]
    rules = Counter[str]()
    for counter in auto.values():
        rules += counter
    verdicts = read_verdicts()
    wrong = 0
    for rule, count in rules.most_common():
        bad, verdict = verdicts.get(rule, (count, "not judged: counted as wrong"))
        bad = min(bad, count)
        wrong += bad
        cells = " | ".join(str(auto[n][rule]) for n in names)
        out.append(f"| {rule} | {cells} | {count} | {bad} | {verdict} |")
    sums = [sum(auto[n].values()) for n in names]
    out.append("| **all AUTO** | " + " | ".join(map(str, sums)) + f" | {sum(sums)} | {wrong} | |")
    rate = f"| **per 20,000 words** | {' | ' * (len(names) - 1)} | {sum(sums) * 20_000 / total:.2f} "
    out.append(rate + f"| **{wrong * 20_000 / total:.2f}** | |")
    hints = [sum(shown[n].values()) for n in names]
    out.append("| suggestions and flags | " + " | ".join(map(str, hints)) + f" | {sum(hints)} | | |")
    out.append("| words | " + " | ".join(f"{words[n]:,}" for n in names) + f" | {total:,} | | |")
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    main()
