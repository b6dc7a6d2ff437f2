"""Suites: TOML files that declare test sets by name, columns, licence, split, and where the data comes from.

A suite names files; it never holds their sentences. ``$MTFIX_DATA`` in a path is the folder of the data that is not
part of the project: where it is not set, those test sets are skipped, and the result says so. ``sacrebleu:NAME/LANGUAGES``
is a test set that sacrebleu has fetched.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mtfix.errors import ConfigError, InputError, read_mistake, unknown_name
from mtfix.evaluation.data.detokenise import detokenise
from mtfix.evaluation.data.examples import Example
from mtfix.evaluation.data.reading import Record, open_records
from mtfix.evaluation.data.sacrebleu_sets import SCHEME, MissingDataError, find_set, read_set

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

_VARIABLE = re.compile(r"\$(\w+)")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(_Table):
    """Which column is what. ``mt`` may be a pattern such as ``hyp.*``: then each column is one system.

    ``domain_and_document`` is a column like "news bbc.10085": the first word is the domain, the rest the document.
    """

    mt: str = "mt"
    references: tuple[str, ...] = ()
    post_edit: str = ""
    source: str = ""
    id: str = ""
    document: str = ""
    domain: str = ""
    domain_and_document: str = ""
    origlang: str = ""
    system: str = ""


class TestSet(_Table):
    """One test set. ``clean`` says that the text needs no edit: it is its own reference, and every touch is one too many.

    ``sample`` draws so many segments by ``seed``, the same ones for every system under test; ``per_system`` says instead
    how many of each system that made translations (patterns; the first that fits). ``skip`` leaves out so many rows at
    the start of each file. ``blocks`` makes documents of so many rows in a row, where the data does not say which
    segments belong together: an article is repaired as a whole. A ``split`` that begins with ``train`` was seen.
    """

    __test__ = False

    name: str
    about: str
    files: Annotated[tuple[str, ...], Field(min_length=1)]
    licence: str
    split: str
    origin: str
    columns: Columns = Columns()
    quotable: bool = False
    clean: bool = False
    tokenised: bool = False
    unescape: bool = False
    documents_by_file: bool = False
    domain: str = ""
    origlang: str = ""
    where: Mapping[str, tuple[str, ...]] = {}
    kinds: Mapping[str, tuple[str, ...]] = {}
    min_words: int = 0
    max_words: int = 0
    sample: int = 0
    per_system: Mapping[str, int] = {}
    skip: int = 0
    blocks: int = 0
    seed: int = 1


class Suite(_Table):
    """A named list of test sets."""

    suite: str
    about: str
    test: Annotated[tuple[TestSet, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class LoadedSuite:
    """A suite, the folder its relative paths start from, and the hash of its file."""

    suite: Suite
    base: Path
    hash: str


def load_suite(path: Path) -> LoadedSuite:
    """Read a suite. Relative paths in it start from the project's root, two folders above ``eval/suites``.

    Raises ConfigError: no such file, bad TOML, an unknown key (the known ones are listed), two sets of one name.
    """
    try:
        raw = path.read_bytes()
        values = tomllib.loads(raw.decode("utf-8"))
    except FileNotFoundError:
        known = sorted(str(p) for p in path.parent.glob("*.toml")) if path.parent.is_dir() else []
        raise ConfigError(f"{path}: no such suite. There are: {', '.join(known) or 'none here'}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot read the suite: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    try:
        suite = Suite.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_explain(error)}") from None
    names = [t.name for t in suite.test]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{path}: two test sets are called '{name}'")
    base = path.resolve().parent
    if base.name == "suites" and base.parent.name == "eval":
        base = base.parent.parent
    return LoadedSuite(suite, base, hashlib.sha256(raw).hexdigest()[:16])


def _explain(error: ValidationError) -> str:
    mistake = read_mistake(error)
    if mistake.is_unknown_key:
        tables: dict[int, type[BaseModel]] = {1: Suite, 3: TestSet, 4: Columns}
        table = tables.get(len(mistake.place), TestSet)
        return f"{mistake.path}: " + unknown_name("key", mistake.key, table.model_fields)
    return f"{mistake.path}: {mistake.message}"


def find_files(test: TestSet, base: Path) -> list[Path | str]:
    """Return the files of a test set; one that sacrebleu keeps (``sacrebleu:wmt18/ru-en``) stays a name.

    Raises MissingDataError when a variable in a path is not set or no file matches: such a test set is skipped, aloud.
    """
    found: list[Path | str] = []
    for pattern in test.files:
        if pattern.startswith(SCHEME):
            find_set(pattern)
            found.append(pattern)
            continue
        for name in _VARIABLE.findall(pattern):
            if not os.environ.get(name):
                raise MissingDataError(f"{test.name}: {name} is not set; it names the folder of the data")
        expanded = Path(_VARIABLE.sub(lambda m: os.environ[m.group(1)], pattern))
        path = expanded if expanded.is_absolute() else base / expanded
        matches = sorted(path.parent.glob(path.name)) if set(path.name) & set("*?[") else [path] * path.is_file()
        if not matches:
            raise MissingDataError(f"{test.name}: no file {pattern}")
        found += matches
    return found


def load_examples(test: TestSet, base: Path, *, sample: int | None = None) -> tuple[list[Example], int]:
    """Return the examples of a test set and how many it has in all; ``sample`` overrides the declared one (0: all).

    Raises MissingDataError, and InputError for files that do not have the declared columns.
    """
    everything = [e for path in find_files(test, base) for e in _read_file(test, path)]
    if not everything:
        raise InputError(f"{test.name}: no segment is left after its filters")
    # Rows hold the outputs of all systems side by side; a document is the work of one.
    everything.sort(key=lambda e: e.attributes.get("system", ""))
    sizes = _sizes(everything, test, sample)
    if all(size >= len(members) for members, size in sizes):
        return everything, len(everything)
    return _draw(everything, sizes, test.seed), len(everything)


def _sizes(everything: list[Example], test: TestSet, sample: int | None) -> list[tuple[list[int], int]]:
    """Return, for each system that made translations, its segments and how many of them to draw."""
    groups: dict[str, list[int]] = {}
    for i, example in enumerate(everything):
        groups.setdefault(example.attributes.get("system", ""), []).append(i)
    if sample is None and test.per_system:
        wanted = [next((n for p, n in test.per_system.items() if fnmatchcase(g, p)), 0) for g in groups]
    else:
        # As many from each as from the others.
        total = (test.sample if sample is None else sample) or len(everything) * len(groups)
        share, rest = divmod(total, len(groups))
        wanted = [share + (rank < rest) for rank in range(len(groups))]
    return list(zip(groups.values(), wanted, strict=True))


def _draw(everything: list[Example], sizes: list[tuple[list[int], int]], seed: int) -> list[Example]:
    """Draw a sample; the order of the test set stays. Documents are drawn whole, until there is enough."""
    rng = random.Random(seed)
    chosen: set[int] = set()
    for members, wanted in sizes:
        size = wanted
        documents: dict[str, list[int]] = {}
        for i in members:
            documents.setdefault(everything[i].document or str(i), []).append(i)
        for name in rng.sample(sorted(documents), len(documents)):
            if size <= 0:
                break
            chosen.update(documents[name][:size])
            size -= len(documents[name])
    return [e for i, e in enumerate(everything) if i in chosen]


def _read_file(test: TestSet, place: Path | str) -> Iterator[Example]:
    columns = test.columns
    records = read_set(place) if isinstance(place, str) else open_records(place)
    path = Path(place.replace("/", ".")) if isinstance(place, str) else place
    previous = ""
    paragraph = 0
    rows_of: dict[str, int] = {}
    for number, record in enumerate(records, 1):
        if number == 1:
            _check_columns(test, path, record)
        if number <= test.skip or any(record.get(c, "") not in wanted for c, wanted in test.where.items()):
            continue
        if "par" in record and record["par"] != previous:
            previous, paragraph = record["par"], paragraph + 1
        for mt_column in _mt_columns(test, record):
            example = _example(test, path, number, record, mt_column)
            words = len(example.mt.split())
            if not example.mt or words < test.min_words or (test.max_words and words > test.max_words):
                continue
            if columns.mt == "mt" and "par" in record:
                example = _with(example, example.document, paragraph=str(paragraph))
            if len(test.files) > 1 and test.clean:
                example = _with(example, example.document, file=_stem(path))
            if test.blocks:
                system = example.attributes.get("system", "")
                block = rows_of.get(system, 0) // test.blocks
                rows_of[system] = rows_of.get(system, 0) + 1
                example = _with(example, f"{_stem(path)}.{block}" + (f"/{system}" if system else ""))
            yield example


def _stem(path: Path) -> str:
    return path.name.removeprefix(SCHEME) if path.name.startswith(SCHEME) else path.name.partition(".")[0]


def _with(example: Example, document: str, **attributes: str) -> Example:
    return replace(example, document=document, attributes={**example.attributes, **attributes})


def _mt_columns(test: TestSet, record: Record) -> list[str]:
    return [c for c in record if fnmatchcase(c, test.columns.mt)]


def _check_columns(test: TestSet, path: Path, record: Record) -> None:
    c = test.columns
    wanted = [
        *c.references,
        c.post_edit,
        c.source,
        c.id,
        c.document,
        c.domain,
        c.domain_and_document,
        c.origlang,
        c.system,
    ]
    for name in (*filter(None, wanted), *test.where):
        if name not in record:
            raise InputError(f"{path}: test set {test.name}: " + unknown_name("column", name, record))
    if not _mt_columns(test, record):
        raise InputError(f"{path}: test set {test.name}: " + unknown_name("column", c.mt, record))
    if not (c.references or c.post_edit or test.clean):
        raise ConfigError(f"test set {test.name}: name its references or its post_edit, or say clean = true")


def _example(test: TestSet, path: Path, number: int, record: Record, mt_column: str) -> Example:
    c = test.columns

    def read(column: str) -> str:
        text = record[column]
        if test.unescape:
            import html

            text = html.unescape(text)
        return detokenise(text) if test.tokenised else text.strip()

    mt = read(mt_column)
    system = record[c.system] if c.system else mt_column.partition(".")[2]
    attributes = {"domain": test.domain, "origlang": test.origlang, "system": system}
    document = record[c.document] if c.document else (path.stem if test.documents_by_file else "")
    if c.domain:
        attributes["domain"] = record[c.domain]
    if c.domain_and_document:
        attributes["domain"], _, document = record[c.domain_and_document].partition(" ")
    if c.origlang:
        attributes["origlang"] = record[c.origlang]
    if system:
        attributes["kind"] = next(
            (kind for kind, patterns in test.kinds.items() if any(fnmatchcase(system, p) for p in patterns)), ""
        )
        document = f"{document}/{system}" if document else ""
    label = record[c.id] if c.id else str(number)
    return Example(
        id=f"{_stem(path)}:{label}" + (f":{system}" if system else ""),
        mt=mt,
        references=(mt,) if test.clean else tuple(read(r) for r in c.references),
        pe=mt if test.clean else (read(c.post_edit) if c.post_edit else None),
        source=record[c.source] if c.source else None,
        document=document,
        attributes={k: v for k, v in attributes.items() if v},
    )


def pick_tests(suite: Suite, names: Any) -> list[TestSet]:
    """Return the test sets named (all when none is). Raises ConfigError for an unknown name."""
    wanted = list(names or ())
    for name in wanted:
        if name not in {t.name for t in suite.test}:
            raise ConfigError(unknown_name("test set", name, [t.name for t in suite.test]))
    return [t for t in suite.test if not wanted or t.name in wanted]
