"""Stories of a Word document (body, headers, footers, notes, text boxes): their paragraphs, and the text in them.

What is read is what a reader sees with all tracked changes accepted. What Word writes itself (the results of fields,
tables of contents), what it locks (content controls), code, struck-through and hidden text stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from mtfix.formats.docx.names import XML_SPACE, attribute, child, descend, is_on, name_of
from mtfix.formats.docx.styles import Styles
from mtfix.formats.markup.runs import MARK, OBJECT
from mtfix.formats.packages.story import BODY, Atom, StoryParagraph

_GONE = frozenset({"del", "moveFrom"})
_INLINE = frozenset({"hyperlink", "smartTag", "customXml", "dir", "bdo", "ins", "sdtContent"})
_PICTURES = frozenset({"drawing", "pict", "object", "mc:AlternateContent"})
# Content controls whose text Word or the user's choice puts there again.
_DRIVEN = frozenset(
    "date dropDownList comboBox w14:checkbox dataBinding docPartObj docPartList showingPlcHdr picture citation "
    "bibliography equation group".split()
)
_BLANKS = " \t\r\n"


@dataclass(slots=True)
class _Fields:
    """The complex fields that are open at a place: their instructions until a result begins, then whose it is."""

    _open: list[str | bool] = field(default_factory=list)  # an instruction, or whether Word writes the result
    _unread: int = 0
    _driven: int = 0

    @property
    def in_instruction(self) -> bool:
        return self._unread > 0

    @property
    def in_driven(self) -> bool:
        """Whether the text here is written by Word."""
        return self._driven > 0

    def instruct(self, text: str) -> None:
        """Add to the instruction of the innermost field."""
        if self._open and isinstance(self._open[-1], str):
            self._open[-1] += text

    def turn(self, kind: str) -> None:
        """Follow a ``w:fldChar``: ``begin``, ``separate`` or ``end``; one that fits nothing changes nothing."""
        last = self._open[-1] if self._open else None
        if kind == "begin":
            self._open.append("")
            self._unread += 1
        elif kind == "separate" and isinstance(last, str):
            self._unread -= 1
            self._open[-1] = driven = not is_prose_field(last)
            self._driven += driven
        elif kind == "end" and last is not None:
            self._unread -= isinstance(last, str)
            self._driven -= last is True
            self._open.pop()


def is_prose_field(instruction: str) -> bool:
    """Whether the result of a field is text that somebody wrote: that of a hyperlink is, dates and pages are not."""
    return instruction.split(maxsplit=1)[:1] in (["HYPERLINK"], ["hyperlink"])


@dataclass(frozen=True, slots=True)
class _Context:
    place: str
    is_locked: bool = False
    in_cell: bool = False
    anchor: Any = None
    is_struck: bool = False  # by the style of the paragraph; a run may say otherwise


@dataclass(slots=True)
class StoryReader:
    """Reads stories of one document, and notes on the way what else is in them.

    ``references`` are the runs of the body with a mark of a footnote or endnote, by kind and id.
    """

    styles: Styles
    references: dict[tuple[str, str], Any] = field(default_factory=dict)
    has_changes: bool = False
    has_moves: bool = False
    _fields: _Fields = field(default_factory=_Fields)
    _current: StoryParagraph | None = None
    _boxes: list[StoryParagraph] = field(default_factory=list)

    def read(self, root: Any, place: str, anchor: Any = None) -> list[StoryParagraph]:
        """Return the paragraphs under ``root`` in order, those of a text box after the paragraph that holds it."""
        self._fields = _Fields()
        return list(self._walk(root, _Context(place, anchor=anchor)))

    def _walk(self, node: Any, context: _Context) -> Iterator[StoryParagraph]:
        for part in node:
            name = name_of(part)
            if name == "p":
                yield from self._read_paragraph(part, context)
            elif name in _GONE or (name == "tr" and descend(part, "trPr", "del") is not None):
                self.has_changes = True
            elif name == "mc:AlternateContent":
                yield from self._read_alternatives(part, context)
            elif name == "tc":
                yield from self._walk(part, replace(context, in_cell=True))
            elif name == "sdt":
                yield from self._walk(part, self._enter_control(part, context))
            elif name:
                yield from self._walk(part, context)

    def _read_paragraph(self, node: Any, context: _Context) -> Iterator[StoryParagraph]:
        outer = self._current, self._boxes
        looks = self.styles.look_paragraph(child(node, "pPr"))
        paragraph = StoryParagraph([], looks.kind, context.place, context.in_cell, context.anchor)
        self._current, self._boxes = paragraph, []
        is_locked = context.is_locked or looks.is_code
        self._read_inline(node, replace(context, is_locked=is_locked, is_struck=looks.is_struck is True))
        boxes = self._boxes
        self._current, self._boxes = outer
        yield paragraph
        yield from boxes

    def _read_inline(self, node: Any, context: _Context) -> None:
        for part in node:
            name = name_of(part)
            if name == "r":
                self._read_run(part, context)
            elif name in _GONE:
                self.has_changes = True
            elif name == "moveTo":
                self.has_changes = self.has_moves = True
                self._read_inline(part, replace(context, is_locked=True))
            elif name == "sdt":
                self._read_inline(part, self._enter_control(part, context))
            elif name == "fldSimple":
                is_prose = is_prose_field(attribute(part, "instr"))
                self._read_inline(part, context if is_prose else replace(context, is_locked=True))
            elif name in _INLINE:
                self.has_changes |= name == "ins"
                self._read_inline(part, context)
            elif name in ("?oMath", "?oMathPara"):
                self._add(OBJECT, part, is_locked=True, mask="X")
            elif name == "mc:AlternateContent":
                self._add(OBJECT, part, is_locked=True, mask=MARK)
                self._read_boxes(part, context, part)

    def _enter_control(self, node: Any, context: _Context) -> _Context:
        properties = child(node, "sdtPr")
        if properties is None:
            return context
        lock = child(properties, "lock")
        locked = lock is not None and attribute(lock, "val") in ("contentLocked", "sdtContentLocked")
        locked = locked or any(name_of(part) in _DRIVEN for part in properties)
        return replace(context, is_locked=True) if locked else context

    def _read_run(self, run: Any, context: _Context) -> None:
        properties = child(run, "rPr")
        is_hidden = properties is not None and is_on(child(properties, "vanish"))
        looks = self.styles.look_run(properties)
        is_struck = context.is_struck if looks.is_struck is None else looks.is_struck
        is_locked = context.is_locked or looks.is_code or is_struck
        is_foreign = _is_foreign(properties)
        for part in run:
            name = name_of(part)
            if name == "fldChar":
                self._fields.turn(attribute(part, "fldCharType"))
            elif name == "instrText":
                self._fields.instruct(part.text or "")
            elif is_hidden or self._fields.in_instruction:
                continue
            elif name == "t":
                self._add(text_of(part), part, is_locked=is_locked or self._fields.in_driven)
                if is_foreign and self._current is not None:
                    self._current.foreign += len(part.text or "")
            elif name in ("tab", "ptab"):
                self._add("\t", part, is_locked=True, mask=" ")
            elif name in ("br", "cr"):
                self._add("\n", part, is_locked=True, mask=" ", is_break=True)
            elif name == "noBreakHyphen":
                self._add("-", part, is_locked=True, mask="-")
            elif name == "sym":
                self._add(OBJECT, part, is_locked=True, mask=MARK)
            elif name == "ruby":
                self._add(OBJECT, part, is_locked=True, mask="X")
            elif name in ("footnoteReference", "endnoteReference"):
                self.references.setdefault((name.removesuffix("Reference"), attribute(part, "id")), run)
            elif name in _PICTURES:
                if any(name_of(inner) == "?inline" for inner in part.iter()):
                    self._add(OBJECT, part, is_locked=True, mask=MARK)
                self._read_boxes(part, context, run)

    def _add(self, text: str, element: Any, *, is_locked: bool = False, mask: str = "", is_break: bool = False) -> None:
        if text and self._current is not None:
            self._current.atoms.append(Atom(text, element, is_locked, mask, is_break))

    def _read_boxes(self, node: Any, context: _Context, host: Any) -> None:
        """Collect the paragraphs of text boxes under ``node``; remarks on them go to ``host``, or where its own go."""
        place = "text box" if context.place == BODY else f"{context.place}, text box"
        inner = _Context(place, anchor=host if context.anchor is None else context.anchor, is_locked=context.is_locked)
        outer, self._fields = self._fields, _Fields()
        is_choice = name_of(node) == "mc:AlternateContent"
        self._boxes += self._read_alternatives(node, inner) if is_choice else self._walk(node, inner)
        self._fields = outer

    def _read_alternatives(self, node: Any, context: _Context) -> Iterator[StoryParagraph]:
        """Yield the paragraphs of the first choice; the fallback's are their mirrors where they read the same."""
        choice, fallback = child(node, "mc:Choice"), child(node, "mc:Fallback")
        if choice is None:
            choice, fallback = fallback, None
        if choice is None:
            return
        chosen = self._read_apart(choice, context)
        if fallback is not None:
            copies = self._read_apart(fallback, context)
            if [p.text for p in copies] == [p.text for p in chosen]:
                for paragraph, copy in zip(chosen, copies, strict=True):
                    paragraph.mirrors.append(copy)
        yield from chosen

    def _read_apart(self, node: Any, context: _Context) -> list[StoryParagraph]:
        outer, self._fields = self._fields, _Fields()
        found = list(self._walk(node, context))
        self._fields = outer
        return found


def _is_foreign(properties: Any) -> bool:
    language = attribute(child(properties, "lang"), "val") if descend(properties, "lang") is not None else ""
    return language != "" and not language.lower().startswith("en")


def text_of(node: Any) -> str:
    """Return the text of a ``w:t`` as Word reads it: without the blanks at its ends, unless they are preserved."""
    text = node.text or ""
    preserved: Any = next((p.get(XML_SPACE) for p in (node, *node.iterancestors()) if p.get(XML_SPACE)), "")
    return text if preserved == "preserve" else text.strip(_BLANKS)
