"""mtfix repairs machine-translated English news and explains every change.

>>> import mtfix
>>> mtfix.fix("The price rose to 2,5 million rubles.", rules_only=True).text
'The price rose to 2.5 million rubles.'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mtfix.about import __version__

__all__ = ["Result", "__version__", "fix"]

if TYPE_CHECKING:
    from mtfix.api import Result, fix


def __getattr__(name: str) -> Any:
    # Lazily, so that `mtfix --help` does not pay for the rule engine.
    if name in ("fix", "Result"):
        from mtfix import api

        return getattr(api, name)
    raise AttributeError(f"module 'mtfix' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
