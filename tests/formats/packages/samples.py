"""OpenDocument files, presentations and books for tests: packages written by hand, with text of our own."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from mtfix.formats.registry import Container, ReadOptions, find_format

ODF = "urn:oasis:names:tc:opendocument:xmlns:"
ODF_SPACES = " ".join(
    f'xmlns:{prefix}="{ODF}{name}:1.0"'
    for prefix, name in {
        "office": "office", "text": "text", "style": "style", "table": "table", "draw": "drawing",
        "fo": "xsl-fo-compatible", "svg": "svg-compatible", "presentation": "presentation", "manifest": "manifest",
    }.items()
)  # fmt: skip
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
STYLES = (
    '<style:style style:name="Caption" style:family="paragraph"/>'
    '<style:style style:name="Title" style:family="paragraph"/>'
    '<style:style style:name="Preformatted_20_Text" style:family="paragraph"/>'
    '<style:style style:name="Loop" style:family="paragraph" style:parent-style-name="Loop"/>'
)
AUTOMATIC = (
    '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Preformatted_20_Text"/>'
    '<style:style style:name="T1" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="T2" style:family="text"><style:text-properties fo:language="de" fo:country="DE"/>'
    "</style:style>"
    '<style:style style:name="T3" style:family="text"><style:text-properties style:text-line-through-style="solid"/>'
    "</style:style>"
    '<style:style style:name="T4" style:family="text"><style:text-properties text:display="none"/></style:style>'
)


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of ``members``, dated 2001; a ``mimetype`` is stored, all else deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the members of a ZIP archive, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def build_odf(body: str, kind: str = "text", master: str = "", automatic: str = AUTOMATIC) -> bytes:
    """Return an OpenDocument file; ``body`` is the XML inside ``office:text`` or ``office:presentation``."""
    members = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": f"{HEAD}<office:document-content {ODF_SPACES}><office:automatic-styles>{automatic}"
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>",
        "styles.xml": f"{HEAD}<office:document-styles {ODF_SPACES}><office:styles>{STYLES}</office:styles>"
        f"<office:master-styles>{master}</office:master-styles></office:document-styles>",
        "Pictures/a.bin": "picture",
        "META-INF/manifest.xml": f'{HEAD}<manifest:manifest {ODF_SPACES}><manifest:file-entry manifest:full-path="/"/>'
        "</manifest:manifest>",
    }
    return pack({name: content.encode() for name, content in members.items()})


def read(data: bytes, format: str) -> Container:
    return find_format(format).load().read(data, f"wire.{format}", ReadOptions())


def list_texts(data: bytes, format: str) -> list[str]:
    """Return the paragraphs that are read."""
    return "\n\n".join(document.mt for document in read(data, format).documents).split("\n\n")


def strip_text(xml: str) -> str:
    """Return the tags of a part."""
    return "".join(re.findall(r"<[^>]*>", xml))


A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPC = "http://schemas.openxmlformats.org/package/2006"
_SPACES = f'xmlns:a="{A}" xmlns:p="{P}" xmlns:r="{R}"'


def shape(*paragraphs: str, placeholder: str = "") -> str:
    """Return a shape with text; ``placeholder`` is what kind of placeholder it is."""
    kind = placeholder and f'<p:ph type="{placeholder}"/>'
    body = "".join(f"<a:p>{paragraph}</a:p>" for paragraph in paragraphs)
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="On"/><p:cNvSpPr/><p:nvPr>{kind}</p:nvPr></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:lstStyle/>{body}</p:txBody></p:sp>"
    )


def relate(*targets: tuple[str, str]) -> str:
    """Return a relationships part: pairs of the last word of a kind and a target, with the ids r1, r2 ..."""
    found = "".join(
        f'<Relationship Id="r{n}" Type="{R}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_OPC}/relationships">{found}</Relationships>'


def build_pptx(*slides: str, notes: str = "") -> bytes:
    """Return a presentation; a slide is the XML inside its ``p:spTree``, the first has the notes. The last is shown first."""
    order = [*range(len(slides), 0, -1)]
    ids = "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in order)
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_OPC}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relate(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {_SPACES}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relate(*(("slide", f"slides/slide{n}.xml") for n in sorted(order))),
    }
    for n, slide in enumerate(slides, 1):
        members[f"ppt/slides/slide{n}.xml"] = f"<p:sld {_SPACES}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"
    if notes:
        members["ppt/slides/_rels/slide1.xml.rels"] = relate(("notesSlide", "../notesSlides/notesSlide1.xml"))
        members["ppt/notesSlides/notesSlide1.xml"] = (
            f"<p:notes {_SPACES}><p:cSld><p:spTree>{notes}</p:spTree></p:cSld></p:notes>"
        )
    return pack({name: (HEAD + content).encode() for name, content in members.items()})


def build_epub(*pages: str, language: str = "en", media: str = "application/xhtml+xml") -> bytes:
    """Return a book; a page is the XML inside ``<html>``. The last page is read first."""
    names = [f"text/page {n}.xhtml" for n in range(1, len(pages) + 1)]
    items = "".join(
        f'<item id="p{n}" href="{name.replace(" ", "%20")}" media-type="{media}"/>' for n, name in enumerate(names, 1)
    )
    spine = "".join(f'<itemref idref="p{n}"/>' for n in range(len(pages), 0, -1))
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>On rose</dc:title><dc:language>{language}</dc:language></metadata><manifest>"
        f'<item id="css" href="a.css" media-type="text/css"/>{items}</manifest><spine>{spine}</spine></package>',
        "OEBPS/a.css": "p { }",
        **{
            f"OEBPS/{name}": f'<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml">{page}</html>'
            for name, page in zip(names, pages, strict=True)
        },
    }
    return pack({name: content.encode() for name, content in members.items()})
