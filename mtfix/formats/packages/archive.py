"""A ZIP archive of parts, read within bounds and written with only some parts new."""

from __future__ import annotations

import copy
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mtfix.errors import InputError
from mtfix.files.signatures import name_binary

MAX_MEMBERS = 10_000
MAX_INFLATED = 1 << 30  # bytes of all members together; they are inflated one at a time
MAX_PART = 100_000_000  # bytes of a part that is parsed
MAX_RATIO = 200  # of a member that inflates to more than `_FREE` bytes; pages of text reach 30, deflate's limit is 1032
_FREE = 4_000_000


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive of a document. ``noun`` says what it should be ("Word document"), ``main`` is the part with the text."""

    name: str
    data: bytes
    noun: str
    opened: zipfile.ZipFile  # once: its directory may be long
    main: str = ""

    @property
    def members(self) -> list[zipfile.ZipInfo]:
        return self.opened.infolist()

    def has(self, part: str) -> bool:
        try:
            self.opened.getinfo(part)
        except KeyError:
            return False
        return True

    def read(self, part: str, *, parsed: bool = True) -> bytes:
        """Return the bytes of a part. Raises InputError for one that is missing, damaged or too large to be parsed."""
        # zipfile reads no more than the size that the directory states, which was checked, and compares the checksum.
        try:
            info = self.opened.getinfo(part)
            if parsed and info.file_size > MAX_PART:
                raise InputError(f"{self.name}: {part} has {info.file_size:,} bytes, more than {MAX_PART:,}")
            return self.opened.read(info)
        except KeyError:
            raise InputError(f"{self.name}: has no {part}, so it is a damaged {self.noun}") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
            raise InputError(f"{self.name}: {part} is damaged ({brief(error)})") from None
        except (NotImplementedError, RuntimeError) as error:  # zipfile's: unknown compression, encrypted member
            raise InputError(f"{self.name}: {part} cannot be unpacked: {brief(error)}") from None

    def write(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the archive with ``parts`` in the place of, or after, its own; all others keep bytes and dates."""
        out = io.BytesIO()
        model = next(info for info in self.members if info.filename == self.main)
        with zipfile.ZipFile(out, "w") as new:
            new.comment = self.opened.comment
            for info in self.members:
                content = parts.get(info.filename)
                if content is None:
                    content = b"" if info.is_dir() else self.read(info.filename, parsed=False)
                new.writestr(_like(info, info.filename), content)
            known = {info.filename for info in self.members}
            for name, content in parts.items():
                if name not in known:
                    new.writestr(_like(model, name), content)
        return out.getvalue()


def open_archive(data: bytes, name: str, noun: str, format: str) -> Archive:
    """Return the archive of a document, its members checked; none is inflated.

    Raises:
        InputError: not a ZIP archive, encrypted, a bomb, names outside the archive; one line each.
    """
    if not data.startswith(b"PK"):
        kind = name_binary(data[:4096])
        what = f"looks like {kind}" if kind else "is empty" if not data else "is no ZIP archive"
        raise InputError(f"{name}: {what}, not {_article(noun)} {noun} ({format})")
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
        _check_members(opened.infolist(), len(data), name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OverflowError, EOFError) as error:
        raise InputError(f"{name}: is a damaged ZIP archive ({brief(error)}); it may be cut short") from None
    except NotImplementedError as error:  # so zipfile says that it does not know a compression or a ZIP version
        raise InputError(f"{name}: cannot be unpacked: {brief(error)}") from None
    return Archive(name, data, noun, opened)


def _article(noun: str) -> str:
    return "an" if noun[0] in "AEIOU" else "a"


def _check_members(members: Sequence[zipfile.ZipInfo], size: int, name: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise InputError(f"{name}: holds {len(members):,} files, more than {MAX_MEMBERS:,}; no document needs so many")
    seen: set[str] = set()
    total = 0
    for info in members:
        path = info.filename
        if path.startswith(("/", "\\")) or ".." in path.replace("\\", "/").split("/") or ":" in path or "\x00" in path:
            raise InputError(f"{name}: holds a file named {path!r}, which leads out of the archive")
        if path.lower() in seen:
            raise InputError(f"{name}: holds two files named {path!r}")
        seen.add(path.lower())
        if info.flag_bits & 0x1:
            raise InputError(f"{name}: is encrypted; save it without a password")
        total += info.file_size
        is_bomb = info.file_size > _FREE and info.file_size > MAX_RATIO * max(1, info.compress_size)
        if is_bomb or info.compress_size > size:
            raise InputError(
                f"{name}: {path} would inflate {info.compress_size:,} bytes to {info.file_size:,}: refused"
            )
    if total > MAX_INFLATED:
        raise InputError(f"{name}: would inflate to {total:,} bytes, more than {MAX_INFLATED:,}")


def _like(info: zipfile.ZipInfo, name: str) -> zipfile.ZipInfo:
    """Return a fresh entry with the date, compression and attributes of ``info``."""
    entry = zipfile.ZipInfo(name, info.date_time)
    for field in ("compress_type", "comment", "create_system", "external_attr", "internal_attr"):
        setattr(entry, field, copy.copy(getattr(info, field)))
    if info.filename == name:
        entry.extra = _plain_extra(info.extra)
    return entry


def _plain_extra(extra: bytes) -> bytes:
    """Leave out the sizes of ZIP64 (field 1), which `zipfile` writes itself where they are needed."""
    kept = b""
    while len(extra) >= 4:
        length = 4 + int.from_bytes(extra[2:4], "little")
        if extra[:2] != b"\x01\x00":
            kept += extra[:length]
        extra = extra[length:]
    return kept


def brief(error: BaseException) -> str:
    """Return the message of an error as one short line."""
    return " ".join(str(error).split())[:160] or type(error).__name__
