"""What is locked in every format: addresses, paths, tags, entities, handles, formulas, template marks, broken characters.

A document's segments carry them as locks, for rules and the model alike (`mtfix.formats.text.blocks`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mtfix.files.mojibake import find_mojibake

_DOMAINS = (
    "com|org|net|info|gov|edu|mil|int|biz|ru|su|ua|by|kz|uk|de|fr|eu|us|io|tv|me|am|az|ge|md|uz|lv|lt|ee|pl|press|news"
)
_FILES = (
    "docx?|xlsx?|pptx?|odt|rtf|pdf|txt|csv|tsv|jsonl?|xml|html?|xhtml|md|ya?ml|toml|ini|cfg|conf|log|sql|py|js|ts|css|php"
    "|java|rb|go|sh|bat|exe|dll|apk|zip|rar|gz|tar|7z|jpe?g|png|gif|svg|webp|tiff?|mp[34]|avi|mov|mkv|wav|srt|vtt|po"
)
# Every protected span holds one of these, so most texts are done after one look.
_HINT = re.compile(r"[@#$&{}<⟦⟨%\\/~\[]|__|[wW]{3}\.|\.(?:[a-z]{2,5}\b|7z|mp[34])")
_PROTECTED = re.compile(
    # Template marks come first: what is in them is code, addresses included.
    r"\{%[^\r\n]*?%\}|\{\{[^\r\n]*?\}\}|\{[#:.][^{}\r\n]{1,200}\}|\$\{[^{}\r\n]{1,200}\}|<%[^\r\n]*?%>|<\?[^\r\n]*?\?>"
    r"|\{\{?[\w.:-]*\}?\}|%\(\w+\)[sdif]|[⟦⟨]\w+[⟧⟩]|__[A-Z0-9_]+__"
    r"|\[/?[a-z][\w-]*(?:\s+[\w-]+=(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s\]\"']+))+\s*/?\]"  # [gallery ids="1,2"]
    # Addresses.
    r"|(?<![A-Za-z])[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s<>\"“”«»]*[^\s<>\"“”«».,;:!?)’'\]]"
    r"|(?<!\w)(?:www\.|mailto:|tel:|sms:|xmpp:|magnet:)[^\s<>\"“”«»]*[^\s<>\"“”«».,;:!?)’'\]]"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|(?<![\w@.-])(?:[A-Za-z0-9-]{{1,63}}\.){{1,4}}(?:(?:{_DOMAINS})\b(?![.-]?\w)|[a-z]{{2,10}}(?=/\w))"
    r"(?:/[^\s<>\"“”«»]*[^\s<>\"“”«».,;:!?)’'\]])?"
    # Paths and names of files.
    r"|(?<!\w)[A-Za-z]:\\(?:[^\\/:*?\"<>|\r\n]{1,80}\\)*(?:[^\s\\/:*?\"<>|]*[^\s\\/:*?\"<>|.,;!)’”»])?"
    r"|(?<![\\\w])\\\\[\w.$-]+(?:\\[^\s\\/:*?\"<>|]+)+"
    r"|(?<![\w/.<])(?:~|\.{1,2})?(?:/[\w.@%+=,-]*[\w@%+=-]){2,}/?"
    r"|(?<![\w/.])(?:~|\.{1,2})/[\w.@%+=-]*[\w@%+=-]"
    rf"|(?<![\w/.])(?:[\w.@%+=-]+/)+[\w.@%+=,-]*\.(?:{_FILES})\b"
    rf"|(?<![\w/.])[\w-][\w.,@%+=-]*\.(?:{_FILES})\b(?!\.\w)"
    # Tags, entities, handles.
    r"|</?[A-Za-z][^<>]*>|&(?:\w+|#\d+|#x[0-9a-fA-F]+);"
    r"|(?<![\w&])[@#]\w{2,}"
    # Formulas.
    r"|\\\((?=[^\r\n]{0,300}?[=^_\\+<>])[^\r\n]{1,300}?\\\)|\\\[(?=[^\r\n]{0,300}?[=^_\\+<>])[^\r\n]{1,300}?\\\]"
    r"|\\begin\{(\w+\*?)\}[\s\S]{0,2000}?\\end\{\1\}|\\[A-Za-z]+(?:\[[^\[\]\r\n]*\])?(?:\{[^{}\r\n]*\})+"
    r"|(?<![\\\w$])\$\$(?=\S)[^$]{1,1000}\$\$"
    r"|(?<![\\\w$])\$(?![\s$])(?P<formula>(?:[^$\\\r\n]|\\.|(?:\r?\n)(?!\s)){1,300}?)(?<!\s)\$(?![\w$])"
)
_MATHS = re.compile(r"[=^_\\{}+*<>|≤≥≠≈×÷±∑∏∫√]")
_PROSE = re.compile(r"[^\W\d_]{2,}")


def find_protected(text: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open spans of a text that are locked, in order within each kind; they may overlap.

    >>> text = "See https://example.org/2,5-million or C:/a, $e = mc^2$; it cost $5 million and $6."
    >>> [text[a:b] for a, b in find_protected(text)]
    ['https://example.org/2,5-million', '$e = mc^2$']
    """
    if _HINT.search(text) is not None:
        for found in _PROTECTED.finditer(text):
            formula = found["formula"]
            if formula is None or _is_formula(formula):
                yield found.span()
    if not text.isascii():
        yield from find_mojibake(text)


def _is_formula(inside: str) -> bool:
    """Whether what stands between two dollar signs is no prose: it has a sign of mathematics, or hardly a word."""
    return _MATHS.search(inside) is not None or len(_PROSE.findall(inside)) < 2
