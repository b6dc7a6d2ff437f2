"""mtfix repairs machine-translated English news and explains every change."""

__version__ = "0.1.0"
