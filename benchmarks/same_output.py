"""Say whether two checkouts of mtfix write the same: texts, logs, reports, findings, and what the Python API returns.

    MTFIX_DATA=... python benchmarks/same_output.py OLD NEW [--model] [--keep FOLDER]

OLD and NEW are folders that hold the package. Inputs are NEW's seeds and golden files and, with MTFIX_DATA, 1,000 lines of
clean news; each is repaired under five profiles, by the rules alone or with ``--model``. With ``--keep`` what OLD writes
is kept in FOLDER and read from there the next time. Exit code 0: all the same, 1: a list of the files that differ.
"""

from __future__ import annotations

import argparse
import filecmp
import lzma
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROFILES = ("plain", "ap", "bbc", "reuters", "un")
NEWS = "newstest-en"
NEWS_LINES = 1000
LINES = 20  # to a document
# One process a checkout: it runs the commands as a terminal would, profile after profile.
_RECORD = """
import contextlib, io, sys
from pathlib import Path
import mtfix
from mtfix.cli.app import main

root, out, mode, *profiles = sys.argv[1:]
assert Path(mtfix.__file__).is_relative_to(root), mtfix.__file__
files = sorted(p.name for p in Path().iterdir())
rules_only = ["--rules-only"] if mode == "rules" else []

def run(*arguments):
    sys.argv = ["mtfix", *arguments]
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(stdout):
        try:
            main()
        except SystemExit as stop:
            assert stop.code in (0, 1, None), f"{arguments}: exit code {stop.code}"
    stdout.flush()
    return stdout.buffer.getvalue()

for profile in profiles:
    folder = Path(out, profile)
    folder.mkdir(parents=True)
    extras = ["--log", f"{folder}/log.jsonl", "--report", f"{folder}/report.html"]
    run("fix", "-p", profile, *rules_only, "-o", f"{folder}/texts", *extras, *files)
    if mode == "rules":  # these show the same edits once more
        for kind in ("text", "sarif"):
            shown = run("check", "-p", profile, *rules_only, "--output-format", kind, *files)
            Path(folder, f"check.{kind}").write_bytes(shown)
    with open(folder / "api.txt", "w", encoding="utf-8") as file:
        for name in files:
            text = Path(name).read_text(encoding="utf-8")
            result = mtfix.fix(text, profile=profile, rules_only=mode == "rules")
            for what in ("edits", "suggestions"):
                for x in getattr(result, what):
                    print(name, what, x.segment, x.before, x.start, x.end, x.edit, sep="\\t", file=file)
            for refusal in result.refusals:
                print(name, refusal, sep="\\t", file=file)
Path(out, "done").touch()
"""


def list_inputs(root: Path) -> Iterator[tuple[str, str]]:
    """Yield name and text of every input."""
    sys.path.insert(0, str(root / "seeds"))
    from render import render

    for path in sorted(root.glob("seeds/*.tsv")):
        yield f"seed-{path.stem}.txt", render(path)
    for path in sorted([*root.glob("seeds/*.txt"), *root.glob("tests/golden/*.txt")]):
        yield f"{path.parent.name}-{path.name}", path.read_text(encoding="utf-8")
    for number, lines in enumerate(read_news()):
        yield f"news-{number:03}.txt", "\n\n".join(lines) + "\n"


def read_news() -> Iterator[list[str]]:
    """Yield clean news, a document at a time; nothing without MTFIX_DATA."""
    data = os.environ.get("MTFIX_DATA")
    if not data:
        return
    found = sorted(Path(data, "mono").glob(f"{NEWS}*.xz"))
    if not found:
        raise SystemExit(f"same_output: no {NEWS}*.xz in {data}/mono; unset MTFIX_DATA to leave out clean news")
    with lzma.open(found[0], "rt", encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip()][:NEWS_LINES]
    for at in range(0, len(lines), LINES):
        yield lines[at : at + LINES]


def record(root: Path, inputs: Path, out: Path, *, model: bool) -> None:
    """Write into ``out`` what the checkout ``root`` makes of the inputs. Raises SystemExit when it cannot run."""
    root, out = root.resolve(), out.resolve()
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"PYTHONPATH": str(root), "MTFIX_CACHE": cache}
        command = [sys.executable, "-c", _RECORD, str(root), str(out), "model" if model else "rules", *PROFILES]
        done = subprocess.run(command, cwd=inputs, env=environment, capture_output=True)
    if done.returncode:
        raise SystemExit(f"same_output: {root} could not run: {done.stderr.decode(errors='replace')[-2000:]}")


def list_differences(old: Path, new: Path) -> Iterator[str]:
    """Yield the files, by their path below both folders, that one lacks or that differ."""
    names = {p.relative_to(f) for f in (old, new) for p in f.rglob("*") if p.is_file()}
    for name in sorted(names):
        if not (old / name).is_file() or not (new / name).is_file():
            yield f"{name} (missing from one)"
        elif not filecmp.cmp(old / name, new / name, shallow=False):
            yield str(name)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--model", action="store_true", help="let the model run, too")
    parser.add_argument("--keep", type=Path, help="keep what OLD writes here, or read it from here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder, "inputs")
        inputs.mkdir()
        for name, text in list_inputs(options.new):
            (inputs / name).write_text(text, encoding="utf-8")
        old = options.keep or Path(folder, "old")
        if not (old / "done").is_file():
            record(options.old, inputs, old, model=options.model)
        record(options.new, inputs, Path(folder, "new"), model=options.model)
        different = list(list_differences(old, Path(folder, "new")))
        compared = sum(1 for p in old.rglob("*") if p.is_file())
    for name in different:
        print(f"differs: {name}")
    print(f"{compared} files compared, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
