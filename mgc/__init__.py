"""Music genre classification, examined numerically: the package behind the book.

The floors of the house, from the cellar up: :mod:`mgc.signal`, :mod:`mgc.data`, :mod:`mgc.models`,
:mod:`mgc.optim`, :mod:`mgc.train`, :mod:`mgc.evaluate`, :mod:`mgc.plots`, :mod:`mgc.book`,
:mod:`mgc.cli`.  A module imports only from floors below its own.  Importing :mod:`mgc` itself
imports none of them, so it costs next to nothing and never starts a deep-learning backend.
"""

__version__ = "0.1.0"
