"""Speed and memory of the embedded model: ``python benchmarks/model.py FILE [--model DIR] [--sentences 300]``.

FILE has one sentence a line (or is a TSV with a column ``mt``). One run compares the ``onnx`` backend with transformers
in fp32 at equal batch size, the way to an output (greedy) and the outputs themselves; the machine's noise hits both.
Quote the ratio. With ``--wire FILE`` the cold and the warm time of ``mtfix fix`` are measured, too.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

from mtfix.model.load import find_model

COMMAND = "from mtfix.cli.app import main; main()"


def read_sentences(path: Path, count: int) -> list[str]:
    """Return up to ``count`` sentences of a text file, or of the column ``mt`` of a TSV."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".tsv" and "mt" in lines[0].split("\t"):
        column = lines[0].split("\t").index("mt")
        lines = [line.split("\t")[column] for line in lines[1:]]
    return [line for line in lines if len(line.split()) > 3][:count]


def bleu(outputs: list[str], others: list[str]) -> float:
    """BLEU of one backend's outputs against the other's."""
    from sacrebleu.metrics import BLEU

    return float(BLEU().corpus_score(outputs, [others]).score)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--model", default="")
    parser.add_argument("--sentences", type=int, default=300)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--wire", type=Path, help="a wire of about 600 words")
    arguments = parser.parse_args()
    folder = find_model(arguments.model)
    if folder is None:
        sys.exit("no model: give --model DIR")
    sentences = read_sentences(arguments.file, arguments.sentences)

    from mtfix.model.onnx import OnnxPostEditor

    started = time.perf_counter()
    editor = OnnxPostEditor(folder, batch_size=arguments.batch_size)
    loaded = time.perf_counter() - started
    editor.post_edit(sentences[:16])
    started = time.perf_counter()
    fast = [h.text for h in editor.post_edit(sentences)]
    onnx_time = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    editor.post_edit(sentences[: len(sentences) // 2])
    half = time.perf_counter() - started

    from mtfix.model.hf import HfPostEditor

    other = HfPostEditor(str(folder), batch_size=arguments.batch_size)
    other.post_edit(sentences[:16])
    started = time.perf_counter()
    slow = [h.text for h in other.post_edit(sentences)]
    hf_time = time.perf_counter() - started
    count = len(sentences)
    print(f"{count} sentences, batches of {arguments.batch_size}")
    print(
        f"onnx           {count / onnx_time:8.1f} sentences/s, {count / half / 2:.1f} on the first half; loaded in {loaded:.2f} s"
    )
    print(f"transformers   {count / hf_time:8.1f} sentences/s (fp32)")
    print(f"ratio          {hf_time / onnx_time:8.1f}")
    print(f"peak memory    {memory:8.0f} MB (onnx only)")
    same = sum(a == b for a, b in zip(fast, slow, strict=True))
    print(f"same outputs   {same:8d} of {count}; BLEU of one against the other {bleu(fast, slow):.2f}")
    if arguments.wire is not None:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", COMMAND, "fix", str(arguments.wire)], capture_output=True, check=False)
        cold = time.perf_counter() - started

        from mtfix.config import load_config
        from mtfix.formats import read_document
        from mtfix.model import load_stage
        from mtfix.pipeline import build_pipeline

        config = load_config(None)
        stage = load_stage(config)
        pipeline = build_pipeline(config, model=stage)
        text = arguments.wire.read_text(encoding="utf-8")
        pipeline(read_document(text))
        # Warm is a process that has repaired other wires; one that knows this very wire need not ask the model at all.
        stage.model.forget()
        started = time.perf_counter()
        pipeline(read_document(text))
        warm = time.perf_counter() - started
        print(
            f"mtfix fix, {len(text.split())} words: cold {cold:.2f} s, warm {warm:.2f} s, difference {cold - warm:.2f} s"
        )


if __name__ == "__main__":
    main()
