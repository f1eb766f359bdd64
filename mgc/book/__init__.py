"""What the notebooks of the book call; the driver behind them is in the sibling modules.

A notebook needs five names: :func:`setup` in its first cell, then :func:`glue_number`,
:func:`glue_text`, :func:`glue_table` and :func:`glue_figure` for everything that the prose shows
or quotes.
"""

from mgc.book.glue import glue_figure, glue_number, glue_table, glue_text
from mgc.book.session import setup

__all__ = ["glue_figure", "glue_number", "glue_table", "glue_text", "setup"]
