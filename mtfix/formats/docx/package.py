"""The package of a Word document: a ZIP archive of parts, read within bounds and written with only some parts new.

Open Packaging Conventions (ECMA-376 part 2): content types name what each part is, relationships tie parts together.
"""

from __future__ import annotations

import copy
import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mtfix.errors import InputError
from mtfix.extras import say_missing
from mtfix.files.signatures import name_binary

MAX_MEMBERS = 10_000
MAX_INFLATED = 1 << 30  # bytes of all members together; they are inflated one at a time
MAX_PART = 100_000_000  # bytes of a part that is parsed
MAX_RATIO = 200  # of a member that inflates to more than `_FREE` bytes; pages of text reach 30, deflate's limit is 1032
_FREE = 4_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

TYPES = "[Content_Types].xml"
_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships/"


def load_etree() -> Any:
    """Return lxml.etree. Raises InputError when it is not installed."""
    try:
        from lxml import etree
    except ModuleNotFoundError:
        raise InputError(say_missing("the format docx", "lxml", "docx")) from None
    return etree


class Relation(NamedTuple):
    """A relationship of a part: its last word (``header``, ``comments``) and the part it leads to."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class Package:
    """A Word document's archive. ``main`` is the part with the body."""

    name: str
    data: bytes
    members: tuple[zipfile.ZipInfo, ...]
    main: str

    def has(self, part: str) -> bool:
        return any(info.filename == part for info in self.members)

    def read(self, part: str) -> bytes:
        """Return the bytes of a part. Raises InputError for one that is missing, damaged or too large to be parsed."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return _read_member(archive, part, self.name)

    def parse(self, part: str) -> Any:
        """Return the tree (lxml) of a part. Raises InputError for what is not XML, or declares a document type."""
        return parse_part(self.read(part), f"{self.name}: {part}")

    def relations(self, part: str) -> list[Relation]:
        """Return the relationships of a part, external ones left out. Raises InputError."""
        path = relations_part(part)
        if not self.has(path):
            return []
        return list(_list_relations(self.parse(path), part))

    def write(self, parts: Mapping[str, bytes]) -> bytes:
        """Return the archive with ``parts`` in the place of, or after, its own; all others keep bytes and dates."""
        out = io.BytesIO()
        model = next(info for info in self.members if info.filename == self.main)
        with zipfile.ZipFile(io.BytesIO(self.data)) as old, zipfile.ZipFile(out, "w") as new:
            new.comment = old.comment
            for info in self.members:
                content = parts.get(info.filename)
                if content is None:
                    content = b"" if info.is_dir() else _read_member(old, info.filename, self.name, parsed=False)
                new.writestr(_like(info, info.filename), content)
            known = {info.filename for info in self.members}
            for name, content in parts.items():
                if name not in known:
                    new.writestr(_like(model, name), content)
        return out.getvalue()


def open_package(data: bytes, name: str) -> Package:
    """Return the package of a Word document.

    Raises:
        InputError: not a ZIP archive, encrypted, a bomb, names outside the archive, no body; one line each.
    """
    if data.startswith(_OLD_OFFICE):
        raise InputError(f"{name}: is an old Word file (.doc) or has a password; save it as .docx without one")
    if not data.startswith(b"PK"):
        kind = name_binary(data[:4096])
        what = f"looks like {kind}" if kind else "is empty" if not data else "is no ZIP archive"
        raise InputError(f"{name}: {what}, not a Word document (docx)")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = tuple(archive.infolist())
            _check_members(members, len(data), name)
            main = _find_main(archive, name, {info.filename for info in members})
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, OverflowError, EOFError) as error:
        raise InputError(f"{name}: is a damaged ZIP archive ({_brief(error)}); it may be cut short") from None
    except NotImplementedError as error:  # so zipfile says that it does not know a compression or a ZIP version
        raise InputError(f"{name}: cannot be unpacked: {_brief(error)}") from None
    return Package(name, data, members, main)


def parse_part(data: bytes, place: str) -> Any:
    """Return the tree (lxml) of a part. Nothing outside is read, no entity is resolved, no document type accepted.

    Raises:
        InputError: not XML, with line and column, or XML with a document type.
    """
    etree = load_etree()
    if b"<!DOCTYPE" in data.replace(b"\x00", b""):  # before the parser sees it; the zeros are those of UTF-16
        raise InputError(f"{place}: declares a document type; document types and entities are refused")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    try:
        tree = etree.ElementTree(etree.fromstring(data, parser))
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise InputError(f"{place}:{line}:{column}: is not XML: {_brief(error)}") from None
    except ValueError as error:
        raise InputError(f"{place}: is not XML: {_brief(error)}") from None
    if tree.docinfo.doctype:
        raise InputError(f"{place}: declares a document type; document types and entities are refused")
    return tree


def print_part(tree: Any) -> bytes:
    """Return the bytes of a part, with the XML declaration that Word writes."""
    content: bytes = load_etree().tostring(tree, encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n' + content


def relations_part(part: str) -> str:
    """Return where the relationships of a part stand.

    >>> relations_part("word/document.xml")
    'word/_rels/document.xml.rels'
    """
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", base + ".rels")


def declare_part(types: Any, part: str, content_type: str) -> bool:
    """Name the type of a new part in the tree of `TYPES`; False if that is there already."""
    root = types.getroot()
    for override in root.iter(f"{{{_TYPES_NS}}}Override"):
        if override.get("PartName", "").lower() == f"/{part}".lower():
            return False
    load_etree().SubElement(root, f"{{{_TYPES_NS}}}Override", PartName=f"/{part}", ContentType=content_type)
    return True


def relate_part(relations: Any, kind: str, target: str) -> None:
    """Add a relationship to the tree of a relationships part, in the words (strict or not) of those that are there."""
    root = relations.getroot()
    taken = {relation.get("Id") for relation in root}
    number = len(taken) + 1
    while f"rId{number}" in taken:
        number += 1
    strict = any(str(relation.get("Type", "")).startswith(_STRICT_RELATION) for relation in root)
    load_etree().SubElement(
        root,
        f"{{{_RELATIONS_NS}}}Relationship",
        Id=f"rId{number}",
        Type=(_STRICT_RELATION if strict else _RELATION) + kind,
        Target=target,
    )


def _check_members(members: tuple[zipfile.ZipInfo, ...], size: int, name: str) -> None:
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


def _find_main(archive: zipfile.ZipFile, name: str, members: set[str]) -> str:
    if TYPES not in members:
        raise InputError(f"{name}: is a ZIP archive, but not a Word document: it has no {TYPES}")
    target = ""
    if "_rels/.rels" in members:
        tree = parse_part(_read_member(archive, "_rels/.rels", name), f"{name}: _rels/.rels")
        target = next((r.target for r in _list_relations(tree, "") if r.kind == "officeDocument"), "")
    main = target or "word/document.xml"
    if main not in members:
        raise InputError(f"{name}: has no {main}, so it is no Word document, or a damaged one")
    return main


def _read_member(archive: zipfile.ZipFile, part: str, name: str, *, parsed: bool = True) -> bytes:
    # zipfile reads no more than the size that the directory states, which was checked, and compares the checksum.
    try:
        info = archive.getinfo(part)
        if parsed and info.file_size > MAX_PART:
            raise InputError(f"{name}: {part} has {info.file_size:,} bytes, more than {MAX_PART:,}")
        return archive.read(info)
    except KeyError:
        raise InputError(f"{name}: has no {part}, so it is a damaged Word document") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        raise InputError(f"{name}: {part} is damaged ({_brief(error)})") from None
    except (NotImplementedError, RuntimeError) as error:  # from zipfile: an unknown compression, an encrypted member
        raise InputError(f"{name}: {part} cannot be unpacked: {_brief(error)}") from None


def _list_relations(tree: Any, part: str) -> Iterator[Relation]:
    folder = posixpath.dirname(part)
    for node in tree.getroot().iter(f"{{{_RELATIONS_NS}}}Relationship"):
        if node.get("TargetMode") != "External":
            target = node.get("Target", "")
            target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            yield Relation(node.get("Type", "").rsplit("/", 1)[-1], target)


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


def _brief(error: BaseException) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__
