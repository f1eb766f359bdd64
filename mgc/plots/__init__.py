"""Figures of the book: each ``plot_*`` draws into `ax` and returns it; `book.mplstyle` is the look.

Book: Part V, Results.
"""
