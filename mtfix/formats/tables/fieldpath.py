"""Names of fields in records: ``body``, ``body.text`` through nested objects and lists, ``3`` for a third column."""

from __future__ import annotations

import re

from mtfix.errors import ConfigError

FieldPath = tuple[str, ...]

#: The field of a JSON or Parquet record, and the column of a table, when nothing is said.
DEFAULT_FIELDS = ("text",)


def parse_field(name: str) -> FieldPath:
    r"""Return the parts of a field's name. Raises ConfigError for an empty part.

    >>> parse_field("body.text"), parse_field(r"body\.text")
    (('body', 'text'), ('body.text',))
    """
    parts = tuple(part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", name))
    if not all(parts):
        raise ConfigError(f"--field {name!r}: a part of the name is empty; write for example body.text")
    return parts


def parse_fields(names: tuple[str, ...]) -> tuple[FieldPath, ...]:
    """Return the paths of several names, each once, in order; none means `DEFAULT_FIELDS`. Raises ConfigError."""
    return tuple(dict.fromkeys(parse_field(name) for name in names or DEFAULT_FIELDS))


def spell_field(path: FieldPath) -> str:
    """Return the name of a path, as `parse_field` reads it."""
    return ".".join(part.replace(".", "\\.") for part in path)
