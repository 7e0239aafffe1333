"""The addons of an Odoo series, written from the one source in this checkout (which is that of the newest series).

``build`` copies an addon and takes its views and data down, step by step, to what the series knows; ``steps`` says what
each series lacks. The page ``docs/series.md`` explains how a new series is added.
"""

from .build import NEWEST, SERIES, addons, build
from .dist import dist

__all__ = ["NEWEST", "SERIES", "addons", "build", "dist"]
