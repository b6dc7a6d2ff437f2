"""The elements of an XML file as a tree over its events: enough to find an article's fields, no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mtfix.errors import InputError
from mtfix.formats.markup.paragraphs import read_foreign, read_translate
from mtfix.formats.markup.source import EndTag, Event, Source, StartTag, Text
from mtfix.formats.xml.scan import scan_xml


@dataclass(slots=True)
class Element:
    """An element: its tag, its children, and ``events[first:last]`` of the file that it spans, its tags included.

    ``is_locked``: it or an element around it says ``translate="no"`` or a language other than English.
    """

    tag: StartTag
    first: int
    last: int = 0
    is_kept: bool = False
    is_foreign: bool = False
    children: list[Element] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The local name in lower case: vendors differ."""
        return self.tag.name.lower()

    @property
    def is_locked(self) -> bool:
        return self.is_kept or self.is_foreign

    def say_foreign(self, value: bool) -> None:
        """Say of the element whether it is in another language, and so of those in it that do not say themselves."""
        self.is_foreign = value
        for child in self.children:
            said = read_foreign(child.tag)
            child.say_foreign(value if said is None else said)

    def find(self, *names: str) -> Iterator[Element]:
        """Yield the children of these local names, in order."""
        return (child for child in self.children if child.name in names)

    def walk(self, *names: str) -> Iterator[Element]:
        """Yield the outermost descendants of these local names, in order."""
        for child in self.children:
            if child.name in names:
                yield child
            else:
                yield from child.walk(*names)


@dataclass(frozen=True, slots=True)
class XmlTree:
    """A file, its events and its root element."""

    source: Source
    events: Sequence[Event]
    root: Element

    def slice(self, element: Element) -> Sequence[Event]:
        """Return the events of an element, its tags included."""
        return self.events[element.first : element.last]

    def texts(self, element: Element) -> list[Text]:
        """Return the character data of an element without children."""
        return [event for event in self.slice(element) if isinstance(event, Text)]


def read_tree(source: Source) -> XmlTree:
    """Read an XML file. Raises InputError, see `scan_xml`."""
    events: list[Event] = []
    stack: list[Element] = []
    root: Element | None = None
    for event in scan_xml(source):
        if isinstance(event, StartTag):
            element = Element(event, len(events))
            outer = stack[-1] if stack else element
            kept, foreign = read_translate(event), read_foreign(event)
            element.is_kept = outer.is_kept if kept is None else kept
            element.is_foreign = outer.is_foreign if foreign is None else foreign
            if stack:
                outer.children.append(element)
            else:
                root = element
            stack.append(element)
        elif isinstance(event, EndTag):
            stack.pop().last = len(events) + 1
        events.append(event)
    if root is None:
        raise InputError(f"{source.name}: holds no element, so it is no XML")
    return XmlTree(source, events, root)


def name_root(source: Source) -> tuple[str, str]:
    """Return local name and namespace of the root element. Raises InputError for what is no XML."""
    for event in scan_xml(source):
        if isinstance(event, StartTag):
            return event.name, event.namespace
    raise InputError(f"{source.name}: holds no element, so it is no XML")
