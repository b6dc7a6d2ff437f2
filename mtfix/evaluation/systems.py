"""Systems under test: nothing, the rules, the model, the full pipeline, any checkpoint, a file of outputs.

Every system gets documents (lists of examples) and gives outputs. Texts pass through the product's own reader, so that
headings, datelines and sentence boundaries are what a user would get.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mtfix.errors import ConfigError, InputError, ModelError
from mtfix.evaluation.examples import Example, Output, OutputEdit, fingerprint
from mtfix.evaluation.reading import Column, open_records, parse_column, pick_column
from mtfix.evaluation.result import SystemInfo
from mtfix.types import Document, Segment

BUILT_IN = ("do-nothing", "rules", "model", "full")
FILE_PREFIX = "file:"
_ROOT = Path(__file__).resolve().parent.parent
# Code that can change an output; a cached output of other code is not used.
_CODE = ("*.py", "rules/*.py", "model/*.py", "formats/*.py", "packs/*.yaml", "packs/profiles/*.yaml")


class System(Protocol):
    """A system under test. ``load`` is timed apart from ``run``; ``info`` is whole only after it.

    ``unload`` gives the memory back, so that the next system's peak is its own.
    """

    @property
    def info(self) -> SystemInfo: ...

    def load(self) -> None: ...

    def unload(self) -> None: ...

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]: ...


def hash_files(root: Path, patterns: Iterable[str]) -> str:
    """Return the fingerprint of files by name and content."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


class DoNothing:
    """The machine translation as it is: the baseline of every comparison, and a check of the harness."""

    info = SystemInfo(name="do-nothing", kind="baseline", fingerprint="do-nothing")

    def load(self) -> None:
        """Nothing to load."""

    def unload(self) -> None:
        """Nothing to give back."""

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]:
        return [[Output(example.mt, ()) for example in document] for document in documents]


@dataclass(slots=True)
class _Placed:
    """A document read from examples, and which segments belong to which example."""

    document: Document
    owners: list[int]
    offsets: list[int]


def place_examples(examples: Sequence[Example]) -> _Placed:
    """Join examples to a text, read it, and find each example again.

    Sentences of one paragraph (attribute ``paragraph``) are joined by a space, paragraphs by an empty line. Where the
    reader's boundaries do not fall on those of the examples, each example is one segment of a document made by hand.
    """
    from mtfix.formats import read_document

    pieces: list[str] = []
    starts: list[int] = []
    at = 0
    previous: Example | None = None
    for example in examples:
        if previous is not None:
            together = previous.attributes.get("paragraph") == example.attributes.get("paragraph", "\0")
            gap = " " if together else "\n\n"
            pieces.append(gap)
            at += len(gap)
        starts.append(at)
        pieces.append(example.mt)
        at += len(example.mt)
        previous = example
    document = read_document("".join(pieces), examples[0].document or examples[0].id)
    owners = []
    row = 0
    for segment in document.segments:
        while row + 1 < len(starts) and segment.start >= starts[row + 1]:
            row += 1
        if segment.start + len(segment.mt) > starts[row] + len(examples[row].mt):
            return _place_by_hand(examples)
        owners.append(row)
    offsets = [s.start - starts[o] for s, o in zip(document.segments, owners, strict=True)]
    return _Placed(document, owners, offsets)


def _place_by_hand(examples: Sequence[Example]) -> _Placed:
    segments = tuple(Segment(mt=e.mt, text=e.mt, source=e.source) for e in examples)
    gaps = ("", *("\n\n" for _ in examples[1:]), "")
    return _Placed(
        Document(examples[0].document or examples[0].id, segments, gaps),
        list(range(len(examples))),
        [0] * len(examples),
    )


def read_outputs(placed: _Placed, after: Document, examples: Sequence[Example]) -> list[Output]:
    """Return the outputs of a processed document, with every change traced to its rules and models."""
    from mtfix.trail import compose

    edits: list[list[OutputEdit]] = [[] for _ in examples]
    for segment, owner, offset in zip(after.segments, placed.owners, placed.offsets, strict=True):
        for change in compose(segment.mt, segment.trail):
            known = [e.confidence for e in change.edits if e.confidence is not None]
            by = tuple(dict.fromkeys(e.by for e in change.edits))
            edits[owner].append(
                OutputEdit(change.start + offset, change.end + offset, change.replacement, by, min(known, default=None))
            )
    outputs = []
    for example, found in zip(examples, edits, strict=True):
        parts: list[str] = []
        at = 0
        for edit in found:
            parts += (example.mt[at : edit.start], edit.replacement)
            at = edit.end
        outputs.append(Output("".join((*parts, example.mt[at:])), tuple(found)))
    return outputs


class PipelineSystem:
    """mtfix's own pipeline, or parts of it: ``rules``, ``model`` or both."""

    def __init__(self, name: str, *, rules: bool, model: bool, config: dict[str, Any] | None = None) -> None:
        self._name, self._rules, self._model = name, rules, model
        self._config = config or {}
        self._pipeline: Any = None
        self._model_stage: Any = None
        self.info = SystemInfo(name=name, kind="pipeline", fingerprint="")

    def load(self) -> None:
        """Build the pipeline. Raises ModelError when a model is wanted and none is there."""
        from mtfix.config import load_config
        from mtfix.pipeline import build_pipeline

        config = load_config(None, rules_only=not self._model, **self._config)
        if self._model:
            import mtfix.model

            load = getattr(mtfix.model, "load_stage", None)
            self._model_stage = load(config) if load else None
            if self._model_stage is None:
                raise ModelError("no model is installed; test the rules alone, or name one with --system PATH")
        self._pipeline = build_pipeline(config, model=self._model_stage, rules=None if self._rules else ())
        self.info = self._describe()

    def unload(self) -> None:
        """Forget the pipeline and the model."""
        self._pipeline = self._model_stage = None
        gc.collect()

    def _describe(self) -> SystemInfo:
        """What is loaded now; the files may change on disk while a run lasts."""
        model = getattr(getattr(self._model_stage, "model", None), "name", None) if self._model else None
        packs = hash_files(_ROOT, ("packs/*.yaml", "packs/profiles/*.yaml")) if self._rules else None
        return SystemInfo(
            name=self._name,
            kind="pipeline",
            fingerprint=fingerprint(
                [self._name, hash_files(_ROOT, _CODE), str(model), repr(sorted(self._config.items()))]
            ),
            model=model,
            model_hash=str(model).rpartition("@")[2] if model else None,
            packs_hash=packs,
            profile=self._pipeline.profile.name if self._pipeline is not None and self._rules else None,
        )

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]:
        """Run all stages. The model reads the sentences of all documents at once; rules read document by document."""
        from mtfix.pipeline import check_contract

        placed = [place_examples(examples) for examples in documents]
        current = [p.document for p in placed]
        for stage in self._pipeline.stages:
            if stage is self._model_stage:
                joined = _join(current)
                after = _split(stage(joined), current)
            else:
                after = [stage(document) for document in current]
            for old, new in zip(current, after, strict=True):
                check_contract(stage.name, old, new)
            current = after
        return [read_outputs(p, d, e) for p, d, e in zip(placed, current, documents, strict=True)]


def _join(documents: Sequence[Document]) -> Document:
    segments = tuple(s for d in documents for s in d.segments)
    return Document("joined", segments, ("", *("\n\n" for _ in segments[1:]), "") if segments else ("",))


def _split(joined: Document, documents: Sequence[Document]) -> list[Document]:
    at = 0
    found = []
    for document in documents:
        size = len(document.segments)
        found.append(document.replace_segments(joined.segments[at : at + size]))
        at += size
    return found


class FileSystem:
    """Outputs that were made elsewhere. Tables are matched by the examples' ids, plain lines by their order."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._by_id: dict[str, str] = {}
        self._lines: list[str] = []
        self._next = 0
        self.info = SystemInfo(name=f"{FILE_PREFIX}{column}", kind="file", fingerprint="")

    def load(self) -> None:
        """Read the file, once. Raises InputError."""
        if self._lines or self._by_id:
            return
        name = ""
        for number, record in enumerate(open_records(self._column.path), 1):
            name = name or pick_column(record, self._column, "hypothesis")
            if "id" in record:
                if record["id"] in self._by_id:
                    raise InputError(f"{self._column.path}: record {number}: id '{record['id']}' comes twice")
                self._by_id[record["id"]] = record[name].rstrip()
            else:
                self._lines.append(record[name].rstrip())
        texts = [*self._by_id, *self._by_id.values(), *self._lines]
        self.info = self.info.model_copy(update={"fingerprint": fingerprint(texts)})

    def unload(self) -> None:
        """Nothing to give back: the next test set may go on in the file."""

    def run(self, documents: Sequence[Sequence[Example]]) -> list[list[Output]]:
        return [[Output(self._find(example)) for example in document] for document in documents]

    def _find(self, example: Example) -> str:
        if self._by_id:
            if example.id not in self._by_id:
                raise InputError(f"{self._column.path}: no output for the segment '{example.id}'")
            return self._by_id[example.id]
        if self._next >= len(self._lines):
            raise InputError(
                f"{self._column.path}: has {len(self._lines):,} lines, and the test set goes on; "
                "give a line for every segment, or a table with the column 'id'"
            )
        self._next += 1
        return self._lines[self._next - 1]


def make_system(name: str, *, profile: str | None = None, backend: str = "hf") -> System:
    """Return the system of a name: a built-in one, ``file:PATH[:COLUMN]``, or a checkpoint's path or hub name.

    Raises ConfigError for what is none of these.
    """
    config = {"profile": profile} if profile else {}
    if name == "do-nothing":
        return DoNothing()
    if name in BUILT_IN:
        return PipelineSystem(name, rules=name != "model", model=name != "rules", config=config)
    if name.startswith(FILE_PREFIX):
        return FileSystem(parse_column(name.removeprefix(FILE_PREFIX)))
    if Path(name).is_dir() or name.count("/") == 1:
        chosen = "onnx" if Path(name).is_dir() and any(Path(name).glob("*.onnx")) else backend
        return PipelineSystem(name, rules=False, model=True, config={**config, "model": name, "backend": chosen})
    raise ConfigError(
        f"unknown system '{name}'. Known: {', '.join(BUILT_IN)}, file:PATH[:COLUMN], the folder of a checkpoint, "
        "or a hub name (OWNER/NAME)"
    )
