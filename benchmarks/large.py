"""Say what whole numbers of 8 bits cost and bring the large model, beside float32, in one run.

    python benchmarks/large.py [FILE] [--sentences 60]

Each kind of weights runs in a process of its own: it writes the hypotheses of FILE's lines (default: the seed wires) and scores those of
float32. Printed are times and memory as ratios, how many hypotheses are the same, and of the margins (log-probability of a hypothesis over
that of the input) the correlation, the mean difference and how often the sign is the same.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent


def read_sentences(file: Path | None, count: int) -> list[str]:
    """Return the first lines of a file, or machine-translated sentences of the seed wires."""
    if file is not None:
        return [line for line in file.read_text(encoding="utf-8").splitlines() if line.strip()][:count]
    rows = [
        line.split("\t")
        for path in sorted((ROOT / "seeds").glob("ru-*.tsv"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    at = rows[0].index("mt")
    return [row[at] for row in rows if len(row) > at and row[at] != "mt" and len(row[at].split()) > 6][:count]


def run_here(folder: Path, texts: list[str], theirs: list[str]) -> dict[str, object]:
    """Write and score in this process."""
    from mtfix.model.runtime.causal import CausalPostEditor

    editor = CausalPostEditor(folder)
    editor.post_edit(texts[:2])  # what is loaded at the first use belongs to loading
    began = time.perf_counter()
    written = [h.text for h in editor.post_edit(texts)]
    seconds = time.perf_counter() - began
    pairs = [(t, (t, h)) for t, h in zip(texts, theirs or written, strict=True) if t != h]
    scores = editor.score(pairs)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"written": written, "margins": [b - a for a, b in scores], "seconds": seconds, "memory": memory}


def run_apart(folder: Path, texts: list[str], theirs: list[str]) -> dict[str, object]:
    """The same in a process of its own."""
    order = json.dumps({"folder": str(folder), "texts": texts, "theirs": theirs})
    done = subprocess.run([sys.executable, __file__, "--here"], input=order, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(done.stderr.strip().splitlines()[-1])
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--sentences", type=int, default=60)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        order = json.load(sys.stdin)
        print(json.dumps(run_here(Path(order["folder"]), order["texts"], order["theirs"])))
        return
    from mtfix.training.network.causal_graph import SMOLLM2_135M, write_graphs

    texts = read_sentences(asked.file, asked.sentences)
    with tempfile.TemporaryDirectory() as scratch:
        folders = {}
        for bits in (32, 8):
            folders[bits] = Path(scratch) / f"large-{bits}"
            shutil.copytree(ROOT / "models/large", folders[bits])
            write_graphs(folders[bits], replace(SMOLLM2_135M, bits=bits))
        float_ = run_apart(folders[32], texts, [])
        whole = run_apart(folders[8], texts, list(float_["written"]))  # type: ignore[call-overload]
    a, b = np.array(float_["margins"]), np.array(whole["margins"])
    same = sum(x == y for x, y in zip(float_["written"], whole["written"], strict=True))  # type: ignore[call-overload]
    print(f"{len(texts)} sentences, {len(a)} changed by float32; 8 bits beside float32:")
    print(
        f"time {float(whole['seconds']) / float(float_['seconds']):.2f}, memory {float(whole['memory']) / float(float_['memory']):.2f} ({float(whole['memory']):.0f} MB)"
    )  # type: ignore[arg-type]
    print(f"sentences a second: {len(texts) / float(whole['seconds']):.1f}")  # type: ignore[arg-type]
    print(f"hypotheses the same: {same} of {len(texts)}")
    print(
        f"margins: correlation {np.corrcoef(a, b)[0, 1]:.4f}, mean difference {np.abs(a - b).mean():.2f} nats, same sign {np.mean((a > 0) == (b > 0)):.1%}"
    )


if __name__ == "__main__":
    main()
