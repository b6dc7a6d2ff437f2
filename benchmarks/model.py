"""Speed and memory of the embedded model: ``python benchmarks/model.py FILE [--model DIR] [--sentences 300]``.

FILE has one sentence a line, or is a TSV with the columns ``mt`` and ``ref`` (or ``pe``), against which BLEU is counted.
One run compares the ``onnx`` backend, in whole numbers and in fp32, with transformers in fp32 at equal batch size: the time
and the outputs themselves, turn by turn. The machine's noise hits all of them. Quote the median ratio. With ``--wire FILE``
the cold and the warm time of ``mtfix fix`` are measured, too: the least of several new processes, and one that has repaired
the sentences of FILE. ``--wire-only`` measures nothing else.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from mtfix.model.load import find_model

COMMAND = "from mtfix.cli.app import main; main()"
COLD_RUNS = 7
PASSES = {"onnx": 10, "onnx-fp32": 5, "transformers": 1}  # over the sentences in a turn


def read_sentences(path: Path, count: int) -> tuple[list[str], list[str]]:
    """Return up to ``count`` sentences of a text file, or of the column ``mt`` of a TSV, and their references if known."""
    lines = path.read_text(encoding="utf-8").splitlines()
    references: list[str] = []
    names = lines[0].split("\t")
    if "mt" in names:
        rows = [dict(zip(names, line.split("\t"), strict=False)) for line in lines[1:]]
        rows = [row for row in rows if len(row.get("mt", "").split()) > 3][:count]
        lines = [row["mt"] for row in rows]
        references = [row.get("ref") or row.get("pe") or "" for row in rows]
    return [line for line in lines if len(line.split()) > 3][:count], references if all(references) else []


def bleu(outputs: list[str], others: list[str]) -> float:
    """BLEU of outputs against references, or against another backend's outputs."""
    from sacrebleu.metrics import BLEU

    return float(BLEU().corpus_score(outputs, [others]).score)


def time_passes(editor: Any, sentences: list[str], passes: int) -> float:
    """Return the seconds that a pass over ``sentences`` takes, on average."""
    started = time.perf_counter()
    for _ in range(passes):
        editor.post_edit(sentences)
    return (time.perf_counter() - started) / passes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--model", default="")
    parser.add_argument("--sentences", type=int, default=300)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each system; the median counts")
    parser.add_argument("--wire", type=Path, help="a wire of about 600 words")
    parser.add_argument("--wire-only", action="store_true")
    arguments = parser.parse_args()
    folder = find_model(arguments.model)
    if folder is None:
        sys.exit("no model: give --model DIR")
    sentences, references = read_sentences(arguments.file, arguments.sentences)
    count = len(sentences)
    print(f"{count} sentences, batches of {arguments.batch_size}; model {folder.name}")

    if arguments.wire is not None:
        measure_wire(arguments.wire, sentences)
    if arguments.wire_only:
        return
    from mtfix.model.runtime.onnx import OnnxPostEditor

    editors: dict[str, Any] = {}
    for name, precision in (("onnx", "int8"), ("onnx-fp32", "fp32")):
        started = time.perf_counter()
        editors[name] = OnnxPostEditor(folder, batch_size=arguments.batch_size, precision=precision)
        loaded = time.perf_counter() - started
        whole, half = (time_passes(editors[name], part, PASSES[name]) for part in (sentences, sentences[: count // 2]))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name:14} loaded in {loaded:.2f} s; {count / whole:.1f} sentences/s, {count / 2 / half:.1f} on the first half; "
            f"peak memory of the process so far {memory:.0f} MB"
        )
    from mtfix.model.runtime.hf import HfPostEditor

    editors["transformers"] = HfPostEditor(str(folder), batch_size=arguments.batch_size)
    outputs = {name: [h.text for h in editor.post_edit(sentences)] for name, editor in editors.items()}
    # Turn by turn, so that what else the machine does hits all of them; a turn of each takes about as long.
    rounds = [
        {name: time_passes(editor, sentences, PASSES[name]) for name, editor in editors.items()}
        for _ in range(arguments.rounds)
    ]
    for name in editors:
        speeds = sorted(count / r[name] for r in rounds)
        ratios = sorted(r["transformers"] / r[name] for r in rounds)
        same = sum(a == b for a, b in zip(outputs[name], outputs["transformers"], strict=True))
        print(
            f"{name:14} {median(speeds):6.1f} sentences/s ({speeds[0]:.1f} to {speeds[-1]:.1f} in {len(rounds)} rounds), "
            f"{median(ratios):.1f} times as fast as transformers' fp32 generate ({ratios[0]:.1f} to {ratios[-1]:.1f}); "
            f"{same} of {count} outputs the same, BLEU of one against the other {bleu(outputs[name], outputs['transformers']):.2f}"
        )
    if references:
        scores = {"unchanged": sentences, **outputs}
        print("BLEU            ", "   ".join(f"{name} {bleu(texts, references):.2f}" for name, texts in scores.items()))


def measure_wire(wire: Path, others: list[str]) -> None:
    """Print how long `mtfix fix` takes for a wire in a new process, and in one that has repaired other sentences."""
    from mtfix.config import load_config
    from mtfix.formats import read_document
    from mtfix.model import load_stage
    from mtfix.pipeline import build_pipeline

    text = wire.read_text(encoding="utf-8")
    config = load_config(None)
    pipeline = build_pipeline(config, model=load_stage(config))
    pipeline(read_document("\n".join(others)))
    seconds, before = time.perf_counter(), time.process_time()
    pipeline(read_document(text))
    warm, warm_cpu = time.perf_counter() - seconds, time.process_time() - before

    # As an installation is: what is imported has been compiled, what is parsed has been kept.
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment |= {"PYTHONPYCACHEPREFIX": folder}
        runs = [run_command(["fix", str(wire)], environment) for _ in range(COLD_RUNS + 1)][1:]
    cold, cold_cpu = (min(column) for column in zip(*runs, strict=True))
    print(
        f"mtfix fix, {len(text.split())} words: cold {cold:.2f} s, warm {warm:.2f} s, difference {cold - warm:.2f} s; "
        f"processor seconds {cold_cpu:.2f}, {warm_cpu:.2f}, difference {cold_cpu - warm_cpu:.2f}"
    )


def run_command(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return the seconds and the processor seconds of a new process."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", COMMAND, *arguments], capture_output=True, check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, used


if __name__ == "__main__":
    main()
