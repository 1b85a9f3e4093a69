"""A spreadsheet in, finished HeyGen videos out, and no row ever paid for twice."""

__version__ = "0.1.0"
