"""Configuration: the command line over ``mtfix.toml`` over the defaults, frozen and strict."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from mtfix.errors import ConfigError, read_mistake, unknown_name
from mtfix.types import Fix

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib

CONFIG_NAME = "mtfix.toml"


#: Options that say how files are read and written, and nothing of how their text is repaired.
READING = (
    "encoding",
    "format",
    "fields",
    "field_format",
    "attributes",
    "approved",
    "track_changes",
    "author",
    "comments",
)


class Config(BaseModel):
    """What a run does. Every field is a key of ``mtfix.toml``; unknown keys are errors.

    ``profile`` is a name or a path; ``settings`` overrides single settings of it; ``packs`` are paths or names beside
    those that ship; ``model`` a path or hub name of a seq2seq checkpoint (empty: the embedded one, if installed);
    ``fields`` are those of a table's records that hold text (empty: ``text``), ``field_format`` is what is in them.
    ``attributes`` repairs the words in attributes of HTML (``alt``, ``title``) too, ``approved`` the targets of XLIFF that
    are final or approved.
    ``source`` are the languages that texts may be translated from, by code (empty: all that we know).
    ``language`` "en" repairs paragraphs that do not read as English, too (empty: they are left alone).
    ``track_changes`` writes edits of Word documents as tracked changes by ``author``, with ``comments`` that say why (None:
    where LibreOffice can read them).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: str = "plain"
    settings: Mapping[str, str] = {}
    fix: Fix = Fix.SAFE
    source: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    default_packs: bool = True
    enable: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    rules_only: bool = False
    model: str = ""
    backend: Literal["onnx", "onnx-fp32", "hf"] = "onnx"
    endpoint: str = ""
    prefix: str = ""
    beams: Annotated[int, Field(ge=1, le=16)] = 1
    device: str = "cpu"
    encoding: str = ""
    language: Literal["", "en"] = ""
    format: str = ""
    fields: tuple[str, ...] = ()
    field_format: str = ""
    attributes: bool = False
    approved: bool = False
    track_changes: bool = False
    author: str = "mtfix"
    comments: bool | None = None

    def for_repair(self) -> Config:
        """Return the configuration with its options of reading and writing (`READING`) left at their defaults.

        What is built to repair documents depends on the others alone, so one pipeline serves files of every kind.
        """
        return self.model_copy(update={name: type(self).model_fields[name].default for name in READING})

    @field_validator("source", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """``ru,uk`` and ``["ru,uk"]`` are ``["ru", "uk"]``."""
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, (list, tuple)) or not all(isinstance(v, str) for v in values):
            return value
        return tuple(code.strip() for v in values for code in v.split(",") if code.strip())


def find_config(start: Path) -> Path | None:
    """Return the nearest ``mtfix.toml`` in ``start`` or a folder above it."""
    for folder in (start, *start.parents):
        candidate = folder / CONFIG_NAME
        if candidate.is_file():
            return candidate
    return None


def load_config(path: Path | None = None, /, **overrides: Any) -> Config:
    """Return the configuration of a file (none: defaults) with ``overrides`` on top; None among them counts as unset.

    Raises:
        ConfigError: no such file, bad TOML, an unknown key (known ones are listed) or a bad value; with its place.
    """
    values: dict[str, Any] = {}
    text = ""
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
            values = tomllib.loads(text)
        except FileNotFoundError:
            raise ConfigError(f"{path}: no such configuration file") from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot read the configuration: {error}") from None
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{path}: not valid TOML: {error}") from None
        if isinstance(values.get("packs"), list):
            values["packs"] = [str(_beside(path, str(p))) for p in values["packs"]]
        if str(values.get("profile", "")).endswith((".yaml", ".yml")):
            values["profile"] = str(_beside(path, values["profile"]))
    given = {k: v for k, v in overrides.items() if v is not None}
    for key in ("packs", "enable", "disable"):  # lists add up: the file's choices and the command line's
        if key in given:
            listed = values.get(key, [])
            if not isinstance(listed, list):
                raise ConfigError(f'{path}:{_line_of(text, key)}: {key}: write a list, as {key} = ["..."]')
            given[key] = (*listed, *given[key])
    if "settings" in given:
        table = values.get("settings", {})
        if not isinstance(table, dict):
            raise ConfigError(f"{path}:{_line_of(text, 'settings')}: settings: write a table, [settings]")
        given["settings"] = {**table, **given["settings"]}
    try:
        return Config.model_validate({**values, **given})
    except ValidationError as error:
        mistake = read_mistake(error)
        key = str(mistake.place[0]) if mistake.place else ""
        place = f"{path}:{_line_of(text, key)}: " if path is not None and key in values else ""
        if mistake.is_unknown_key:
            raise ConfigError(place + unknown_name("key", key, Config.model_fields)) from None
        raise ConfigError(f"{place}{key}: {mistake.message}") from None


def _beside(config: Path, name: str) -> Path | str:
    """A path in a configuration file is meant from that file's folder; a plain pack name stays a name."""
    return config.parent / name if name.endswith((".yaml", ".yml")) else name


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if line.split("=")[0].strip().strip("\"'[]") == key:
            return number
    return 1
