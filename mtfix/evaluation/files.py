"""Score plain files: the machine translation, outputs, references and a post-edit, column by column, as streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mtfix.errors import ConfigError, InputError
from mtfix.evaluation.data.examples import Example, Fingerprint, Output
from mtfix.evaluation.data.reading import Column, parse_column, read_column
from mtfix.evaluation.result import Run, SystemInfo
from mtfix.evaluation.scoring import Described, Scorer, ScoreSettings, read_versions

if TYPE_CHECKING:
    from mtfix.evaluation.metrics.neural import NeuralScorer

Track = Callable[[Iterable[Any], "int | None", str], Iterable[Any]]
_END = object()


def _plain(items: Iterable[Any], _total: int | None, _what: str) -> Iterable[Any]:
    return items


def name_systems(hypotheses: Sequence[str]) -> list[str]:
    """Return short names: the file's stem, or the whole of what was given where stems are not different.

    >>> name_systems(["a/fixed.txt", "b/other.txt"]), name_systems(["a/out.txt", "b/out.txt"])
    (['fixed', 'other'], ['a/out.txt', 'b/out.txt'])
    """
    columns = [parse_column(h) for h in hypotheses]
    short = [c.name or c.path.name.partition(".")[0] for c in columns]
    return short if len(set(short)) == len(short) else list(hypotheses)


def zip_columns(
    streams: dict[str, Iterator[tuple[str, dict[str, str]]]],
) -> Iterator[dict[str, tuple[str, dict[str, str]]]]:
    """Yield the streams side by side.

    Raises InputError that says which ends first, and how long the others are: they are read to their ends for that.
    """
    lengths = 0
    while True:
        row: dict[str, Any] = {name: next(stream, _END) for name, stream in streams.items()}
        over = [name for name, cell in row.items() if cell is _END]
        if len(over) == len(row):
            return
        if over:
            left = {name: lengths + 1 + sum(1 for _ in streams[name]) for name in row if name not in over}
            counts = ", ".join(f"{name} has {count:,}" for name, count in left.items())
            raise InputError(
                f"{over[0]} ends after {lengths:,} segments, but {counts}: give files of one length; nothing was scored"
            )
        lengths += 1
        yield row


def count_records(path: Path) -> int | None:
    """Return about how many records a file of lines holds, for a progress bar; None for packed and marked-up files."""
    if path.suffix not in (".txt", ".tsv", ".jsonl", "") or not path.is_file():
        return None
    with path.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b"")) or None


def score_files(
    *,
    mt: str,
    hypotheses: Sequence[str],
    references: Sequence[str],
    post_edit: str | None = None,
    source: str | None = None,
    encoding: str = "utf-8",
    settings: ScoreSettings | None = None,
    neural: Sequence[str] = (),
    track: Track = _plain,
) -> Run:
    """Score the outputs in files; each argument is FILE or FILE:COLUMN.

    Memory is bounded, see :class:`Scorer`. Raises InputError for files that cannot be read or differ in length, and
    ConfigError when neither reference nor post-edit is given.
    """
    settings = settings or ScoreSettings()
    if not references and not post_edit:
        raise ConfigError("nothing to compare with: give --ref, or --pe for a post-edit of this machine translation")
    names = name_systems(hypotheses)
    if len(set(names)) < len(names):
        raise ConfigError(f"the same hypothesis is given twice: {max(names, key=names.count)}")
    if len(set(references)) < len(references):
        raise ConfigError(f"the same reference is given twice: {max(references, key=list(references).count)}")
    columns: dict[str, tuple[Column, str]] = {f"mt ({mt})": (parse_column(mt), "mt")}
    columns |= {f"hypothesis ({h})": (parse_column(h), "hypothesis") for h in hypotheses}
    columns |= {f"reference ({r})": (parse_column(r), "reference") for r in references}
    if post_edit:
        columns[f"post-edit ({post_edit})"] = (parse_column(post_edit), "post-edit")
    if source:
        columns[f"source ({source})"] = (parse_column(source), "source")
    labels = list(columns)
    first_reference = 1 + len(hypotheses)
    streams = {label: read_column(column, role, encoding) for label, (column, role) in columns.items()}
    scorer = Scorer(names, settings)
    prints = {name: Fingerprint() for name in names}
    judge = open_neural(neural)
    for number, row in enumerate(track(zip_columns(streams), count_records(parse_column(mt).path), "scoring"), 1):
        cells = [row[label] for label in labels]
        text, attributes = cells[0]
        refs = tuple(c[0] for c in cells[first_reference : first_reference + len(references)])
        example = Example(
            id=attributes.get("id") or attributes.get("seg") or str(number),
            mt=text,
            references=refs,
            pe=row[f"post-edit ({post_edit})"][0] if post_edit else None,
            source=row[f"source ({source})"][0] if source else None,
            document=attributes.get("doc", ""),
            attributes={k: v for k, v in attributes.items() if k in ("domain", "origlang", "system") and v},
        )
        outputs = {name: Output(cells[1 + i][0]) for i, name in enumerate(names)}
        for name, output in outputs.items():
            prints[name].add(output.text)
        if judge:
            judge.add(example, outputs)
        scorer.add(example, outputs)
    infos = {name: SystemInfo(name=name, kind="file", fingerprint=prints[name].hexdigest()) for name in names}
    described = Described(name=parse_column(mt).path.name, about="files given on the command line")
    if Path(mt) in {Path(h) for h in hypotheses}:
        described.notes.append("a hypothesis is the machine translation itself")
    entries = scorer.finish(described, infos)
    if judge:
        entries = judge.add_scores(entries)
    return Run(
        name=described.name,
        versions=read_versions(),
        seed=settings.seed,
        samples=settings.samples,
        trials=settings.trials,
        entries=entries,
    )


def open_neural(wanted: Sequence[str]) -> NeuralScorer | None:
    """Return what scores by neural metrics, or None when none is wanted. Raises ConfigError, MtfixError."""
    if not wanted:
        return None
    from mtfix.evaluation.metrics.neural import NeuralScorer

    return NeuralScorer(wanted)
