"""Word documents for tests: packages written by hand, and what accepting or rejecting all changes makes of them.

The transforms know nothing of mtfix's own code: they follow ECMA-376 part 1, 17.13.5.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Mapping

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STRICT_R = "http://purl.oclc.org/ooxml/officeDocument/relationships"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" mc:Ignorable="w14"'
)
PAGE = '<w:pgSz w:w="11906" w:h="16838"/>'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_NAMES = {
    "styles": "styles",
    "footnotes": "footnotes",
    "endnotes": "endnotes",
    "header": "header",
    "footer": "footer",
    "comments": "comments",
}
STYLES = (
    f'<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="mine"><w:name w:val="Our head"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="pic"><w:name w:val="caption"/><w:basedOn w:val="a"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="pre"><w:name w:val="HTML Preformatted"/></w:style>'
    '<w:style w:type="character" w:styleId="gone"><w:name w:val="Gone"/><w:rPr><w:strike/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="struck"><w:name w:val="Struck"/><w:rPr><w:dstrike/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="code"><w:name w:val="HTML Code"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="loop1"><w:name w:val="x"/><w:basedOn w:val="loop2"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="loop2"><w:name w:val="y"/><w:basedOn w:val="loop1"/></w:style>'
    "</w:styles>"
)


def run(text: str, properties: str = "") -> str:
    """Return a run with one text."""
    return f'<w:r>{properties and f"<w:rPr>{properties}</w:rPr>"}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*inside: str, style: str = "") -> str:
    """Return a paragraph; what does not begin with a tag becomes a run."""
    head = style and f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
    return f"<w:p>{head}{''.join(part if part.startswith('<') else run(part) for part in inside)}</w:p>"


def number_ids(body: str) -> str:
    """Return a body in which no two annotations have one id; marks of footnotes keep theirs."""
    numbers = itertools.count(100)
    return re.sub(r"(?<!footnoteReference )w:id=(['\"])\d+['\"]", lambda m: f'w:id="{next(numbers)}"', body)


def build_docx(body: str, **stories: str) -> bytes:
    """Return a package with a body and other stories (``header``, ``footnotes`` ...), each the XML inside its root."""
    parts = {"styles": STYLES}
    for name, inside in stories.items():
        root = {"header": "hdr", "footer": "ftr"}.get(name, name)
        parts[name] = f"<w:{root} {NAMESPACES}>{inside}</w:{root}>"
    section = "".join(
        f'<w:{name}Reference w:type="default" r:id="{name}"/>' for name in ("header", "footer") if name in stories
    )
    document = f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr>{section}{PAGE}</w:sectPr></w:body></w:document>"
    types = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}{_NAMES[name]}+xml"/>' for name in parts
    )
    relations = "".join(f'<Relationship Id="{name}" Type="{R}/{_NAMES[name]}" Target="{name}.xml"/>' for name in parts)
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}document.main+xml"/>{types}</Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": document,
        "word/_rels/document.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships">{relations}</Relationships>',
        **{f"word/{name}.xml": content for name, content in parts.items()},
    }
    return pack({name: (HEAD + content).encode() for name, content in members.items()})


def pack(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP archive of ``members``, dated 2001."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6))
            info.compress_type = compression
            archive.writestr(info, content)
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the members of a ZIP archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def resolve(data: bytes, *, accept: bool) -> bytes:
    """Return the document with all tracked changes accepted, or rejected, and without comments."""
    members = unpack(data)
    for name, content in members.items():
        if name.startswith("word/") and name.endswith(".xml") and name != "word/comments.xml":
            root = etree.fromstring(content)
            _resolve_tree(root, accept=accept)
            members[name] = etree.tostring(root)
    return pack(members)


def _resolve_tree(root: etree._Element, *, accept: bool) -> None:
    kept, gone = (("ins", "moveTo"), ("del", "moveFrom")) if accept else (("del", "moveFrom"), ("ins", "moveTo"))
    for name in gone:
        for node in list(root.iter(f"{{{W}}}{name}")):
            if node.getparent() is not None and node.getparent().tag not in (f"{{{W}}}rPr", f"{{{W}}}trPr"):
                _remove(node)
    for name in kept:
        for node in list(root.iter(f"{{{W}}}{name}")):
            for child in list(node):
                node.addprevious(child)
            _remove(node)
    for node in list(root.iter(f"{{{W}}}delText")):
        node.tag = f"{{{W}}}t"
    for name in ("commentRangeStart", "commentRangeEnd"):
        for node in list(root.iter(f"{{{W}}}{name}")):
            _remove(node)
    for node in list(root.iter(f"{{{W}}}commentReference")):
        _remove(node.getparent())


def _remove(node: etree._Element) -> None:
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def describe(data: bytes) -> dict[str, list[list[tuple[str, str]]]]:
    """Return, for each part with text, its paragraphs as characters (or names of marks) with their formatting.

    Runs that are cut or joined give the same description; anything that moves, appears or goes does not.
    """
    found: dict[str, list[list[tuple[str, str]]]] = {}
    for name, content in unpack(data).items():
        if name.startswith("word/") and name.endswith(".xml") and name not in ("word/comments.xml", "word/styles.xml"):
            root = etree.fromstring(content)
            found[name] = [_describe_paragraph(p) for p in root.iter(f"{{{W}}}p")]
    return found


def _describe_paragraph(node: etree._Element) -> list[tuple[str, str]]:
    letters: list[tuple[str, str]] = []

    def walk(at: etree._Element, path: str) -> None:
        for child in at:
            name = etree.QName(child).localname
            if name == "p":
                continue
            if name == "r":
                properties = child.find(f"{{{W}}}rPr")
                look = "" if properties is None else etree.tostring(properties, method="c14n").decode()
                for part in child:
                    if part.tag == f"{{{W}}}t":
                        letters.extend((letter, path + look) for letter in _read_text(part))
                    elif part is not properties:
                        letters.append((f"<{etree.QName(part).localname}>", path + look))
                        walk(part, f"{path}/{etree.QName(part).localname}")
            else:
                letters.append((f"<{name}>", path))
                walk(child, f"{path}/{name}")

    walk(node, "")
    return letters


def _read_text(node: etree._Element) -> str:
    text = node.text or ""
    return text if node.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve" else text.strip()


def texts(data: bytes, part: str = "word/document.xml") -> list[str]:
    """Return the text of each paragraph of a part, tabs and breaks as they sound."""
    marks = {f"{{{W}}}tab": "\t", f"{{{W}}}br": "\n", f"{{{W}}}noBreakHyphen": "-"}
    root = etree.fromstring(unpack(data)[part])
    return [
        "".join(marks.get(n.tag) or _read_text(n) for n in p.iter(*marks, f"{{{W}}}t")) for p in root.iter(f"{{{W}}}p")
    ]


def text_box(choice: str, fallback: str) -> str:
    """Return a run with a floating text box as Word writes it: a shape, and a copy in the old markup."""
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" '
        'distR="0" simplePos="0" relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        '<wp:extent cx="3000000" cy="800000"/><wp:wrapSquare wrapText="bothSides"/><wp:docPr id="7" name="Box"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="3000000" cy="800000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx>'
        f"<w:txbxContent>{choice}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>"
        '</wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape style="width:200pt;height:60pt"><v:textbox>'
        f"<w:txbxContent>{fallback}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
