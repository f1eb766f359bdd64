"""What the notebooks of the book call; the driver behind them is in the sibling modules.

A notebook needs seven names: :func:`setup` in its first cell, then :func:`glue_number`,
:func:`glue_interval`, :func:`glue_text`, :func:`glue_table`, :func:`glue_figure` and
:func:`glue_audio` for everything that the prose shows, plays or quotes.
"""

from mgc.book.audio import glue_audio
from mgc.book.glue import glue_figure, glue_interval, glue_number, glue_table, glue_text
from mgc.book.session import setup

__all__ = [
    "glue_audio",
    "glue_figure",
    "glue_interval",
    "glue_number",
    "glue_table",
    "glue_text",
    "setup",
]
