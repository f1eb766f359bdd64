"""Figures of the book: ``plot_*(..., ax=None) -> Axes``, each with its ``describe_*`` in words.

Import them from their files (``from mgc.plots.curves import plot_history``): a chapter then
reaches what it draws with and nothing else, so only that makes it stale.
"""
