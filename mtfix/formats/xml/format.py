"""Files that end in ``.xml``: the root element says which format they are."""

from __future__ import annotations

from mtfix.errors import InputError
from mtfix.formats.markup.source import refuse_text
from mtfix.formats.registry import Container, ReadOptions, find_format
from mtfix.formats.xml.scan import read_xml
from mtfix.formats.xml.tree import name_root
from mtfix.types import Document

#: Formats by the local name of the root element, in lower case.
ROOTS = {
    "newsitem": "newsml",
    "newsmessage": "newsml",
    "packageitem": "newsml",
    "newsml": "newsml",
    "nitf": "nitf",
    "rss": "feed",
    "rdf": "feed",
    "feed": "feed",
    "entry": "feed",
    "channel": "feed",
    "xliff": "xliff",
    "tmx": "tmx",
    "html": "html",
    "tt": "ttml",
}


class XmlFormat:
    """XML of any kind that is known here, for the registry."""

    is_text = True

    def read(self, data: bytes, name: str, options: ReadOptions) -> Container:
        """Read a file's bytes in the format of its root element. Raises InputError for one that is not known."""
        root, _ = name_root(read_xml(data, name, options.encoding))
        format = ROOTS.get(root.lower())
        if format is None:
            known = ", ".join(
                f"<{known}>" for known in ("newsItem", "newsMessage", "nitf", "rss", "feed", "xliff", "tmx")
            )
            raise InputError(f"{name}: its root element is <{root}>, which is no article; known: {known}")
        return find_format(format).load().read(data, name, options)

    def read_text(self, text: str, name: str) -> Document:
        """XML is read from its bytes. Raises InputError."""
        return refuse_text(name, "XML")
