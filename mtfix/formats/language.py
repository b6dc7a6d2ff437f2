"""Which language a file says its text is in: only English is repaired."""

from __future__ import annotations

import re

_ENGLISH = re.compile(r"(?:en|eng)(?:[-_.@].*)?\Z", re.IGNORECASE)


def is_english(tag: str) -> bool:
    """Whether a language tag (BCP 47, or a POSIX locale) names English.

    >>> is_english("en-GB"), is_english("EN_us.UTF-8"), is_english("enm"), is_english("ru")
    (True, True, False, False)
    """
    return _ENGLISH.match(tag.strip()) is not None
