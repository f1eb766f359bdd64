"""A drawing that moves: HTML and style rules that lie in the page, no kernel, no script.

Book: Convergence on problems with known answers.
"""

from mgc.book.glue import Bundle, glue_value, require_words
from mgc.errors import NotebookError


def glue_animation(name: str, page: str, alt: str, caption: str) -> None:
    """Show a moving drawing with number and caption; refer to it by ``{numref}`name```.

    Parameters
    ----------
    name : str
        Label of the figure.
    page : str
        A piece of HTML that needs nothing from elsewhere and stands still for readers who asked
        their system for less motion, for example from :func:`mgc.plots.descent.descent_page`.
    alt : str
        What a listener needs to know who cannot see it; plain text.
    caption : str
        MyST text, one paragraph.

    Raises
    ------
    NotebookError
        If the name is unusual, a text is empty, or the drawing has a script, asks for something
        from elsewhere, or moves regardless of the reader's wish.

    Notes
    -----
    Book: Convergence on problems with known answers.
    """
    require_words(name, alt=alt, caption=caption)
    for reason in _reasons(page):
        raise NotebookError(f"the animation '{name}' {reason}")
    data = {"text/html": page, "text/plain": f"{caption}\n[{alt}]"}
    glue_value(name, Bundle(data, {"mgc": {"caption": caption}}))


def _reasons(page: str) -> list[str]:
    """Return what is wrong with a piece of HTML.

    Examples
    --------
    >>> _reasons("<svg></svg>")
    ['has no rule for prefers-reduced-motion: it would move for readers who asked for rest']
    """
    found = []
    if "<script" in page.lower():
        found.append("has a script: let style rules move it")
    if "//" in page:
        found.append("asks for something from elsewhere: put everything into the page")
    if "prefers-reduced-motion" not in page:
        found.append(
            "has no rule for prefers-reduced-motion: it would move for readers who asked for rest"
        )
    return found
