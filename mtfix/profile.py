"""House profiles: the switches of a newsroom's style, dated and named.

A profile is data (`packs/profiles/*.yaml`): a value for each setting below, and nothing else. Rules read settings by
name, so a newsroom's own profile needs no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mtfix.errors import ConfigError, unknown_name

# Setting -> its values; the first is the default.
SETTINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "spelling": ("american", "british"),
        "ize": ("ize", "ise"),  # organize | organise; not bound to the spelling: the United Nations writes -ize
        "dates": ("mdy", "dmy"),  # October 16, 2006 | 16 October 2006
        "months": ("full", "abbreviated"),  # October 16 | Oct. 16
        "clock": ("12h", "24h"),  # 9 p.m. | 21:00
        "thousands": ("digits", "words"),  # 2,500 | 2.5 thousand
        "percent": ("word", "two-words", "sign"),  # percent | per cent | %
        "currency": ("words", "symbols"),  # 2 million euros | €2 million
        "ruble": ("ruble", "rouble"),
        "quotes": ("keep", "curly", "straight"),
        "dash": ("keep", "em", "en"),  # word — word | word – word
        "serial_comma": ("keep", "never", "always"),
        "acronyms": ("expand-first", "keep"),
        "regions": ("region", "territory"),  # Krasnodar region | Krasnodar Territory
        "designation": ("flag", "keep", "move", "strip"),  # "(banned in Russia)"
        "titles": ("lower", "keep"),  # "the minister", "the court" | as the wire has them
        "contested_toponyms": ("keep", "ukrainian", "russian"),  # as the wire has it | Kyiv | Kiev
        "names": (
            "profile",
            "plain",
            "ap",
            "bbc",
            "reuters",
            "un",
        ),  # whose naming forms: those of the profile's own name
        "speech": (
            "mechanics",
            "leave",
            "fix",
        ),  # in direct speech: names, numbers and typography | nothing | everything
        "quoted_names": ("translated", "leave", "fix"),  # names in direct speech: mend garbled ones | none | all
    }
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of settings. ``since`` is the date (ISO) of the house's guidance; ``name`` also selects naming forms."""

    name: str = "plain"
    about: str = ""
    since: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, value in self.settings.items():
            if key not in SETTINGS:
                raise ConfigError(unknown_name("profile setting", key, SETTINGS))
            if value not in SETTINGS[key]:
                raise ConfigError(unknown_name(f"value of profile setting {key}", str(value), SETTINGS[key]))

    def __getitem__(self, setting: str) -> str:
        """Return the value of a setting. Raises ConfigError for an unknown one."""
        if setting not in SETTINGS:
            raise ConfigError(unknown_name("profile setting", setting, SETTINGS))
        return self.settings.get(setting, SETTINGS[setting][0])
