"""Read the corpora that ``MTFIX_DATA`` points at, and undo what their makers did to the text."""

from __future__ import annotations

import html
import lzma
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mtfix.errors import InputError

_BEFORE = re.compile(r"\s+([,.;:!?%)\]}»”’…]|'(?:s|re|ve|ll|d|m|S)\b|n't\b|’(?:s|re|ve|ll|d|m)\b)")
_AFTER = re.compile(r"([(\[{«“‘$£€#])\s+")
_MARK = re.compile(r"\s+")
_WORD = re.compile(r"[\w'’-]+")


def data_folder(given: Path | None = None) -> Path:
    """Return the folder of the corpora: ``given`` or ``MTFIX_DATA``. Raises InputError when there is none."""
    value = given or os.environ.get("MTFIX_DATA")
    if not value:
        raise InputError("no data folder: set MTFIX_DATA or give --data")
    folder = Path(value)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such data folder; check MTFIX_DATA")
    return folder


def open_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a text file, xz-compressed or not, without their ends. Raises InputError."""
    try:
        if path.suffix == ".xz":
            with lzma.open(path, "rt", encoding="utf-8") as packed:
                for line in packed:
                    yield line.rstrip("\n")
        else:
            with path.open(encoding="utf-8") as plain:
                for line in plain:
                    yield line.rstrip("\n")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def read_table(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a TSV with a header line. Raises InputError at a row with a wrong number of columns."""
    lines = open_lines(path)
    names = next(lines, "").split("\t")
    for number, line in enumerate(lines, 2):
        values = line.split("\t")
        if len(values) != len(names):
            raise InputError(f"{path}:{number}:1: {len(values)} columns, the header has {len(names)}")
        yield dict(zip(names, values, strict=True))


def detokenize(text: str) -> str:
    """Undo tokenisation: no space before a closing mark, none after an opening one, straight quotes paired.

    >>> detokenize('He said : " We did n\\'t win " ( again ) .')
    'He said: "We didn\\'t win" (again).'
    """
    text = html.unescape(text).replace("``", '"').replace("''", '"').replace(" @-@ ", "-").replace("@-@", "-")
    text = re.sub(r"(?<=n) ('t)\b", r"\1", _BEFORE.sub(r"\1", text))
    text = _AFTER.sub(r"\1", text)
    parts = text.split('"')
    if len(parts) % 2:  # an even number of quotes: open and close in turn
        for i in range(1, len(parts), 2):
            parts[i] = parts[i].strip()
        text = '"'.join(parts)
    return _MARK.sub(" ", text).strip()


def is_tokenized(text: str) -> bool:
    """Whether marks stand apart from words, as a tokeniser leaves them."""
    return bool(re.search(r"\w [.,](?:\s|$)", text))


def learn_case(texts: Iterable[str]) -> dict[str, str]:
    """Return the commonest spelling of each word, by its lower case, leaving out the first word of a text.

    >>> learn_case(["The EU met in Paris.", "What the EU said."])["eu"]
    'EU'
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in _WORD.findall(text)[1:]:
            counts[word.lower()][word] += 1
    return {lower: spellings.most_common(1)[0][0] for lower, spellings in counts.items()}


def truecase(text: str, model: str, usual: Mapping[str, str] | None = None) -> str:
    """Give lower-cased ``text`` the capitals that the same words have in ``model``, and a capital at its start.

    Words that ``model`` lacks get those of ``usual``, see `learn_case`.
    """
    cased: dict[str, str] = {}
    for number, word in enumerate(_WORD.findall(model)):
        if number or word[1:] != word[1:].lower():
            cased.setdefault(word.lower(), word)
    others = usual or {}
    out = _WORD.sub(lambda m: cased.get(m.group()) or others.get(m.group(), m.group()), text)
    if model[:1].isupper() and out:
        out = out[0].upper() + out[1:]
    return re.sub(r"\bi\b", "I", out)
