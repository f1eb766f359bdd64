"""Everything that `mgc` raises on purpose.

Each message is one clear sentence: what came, what is expected, what to do.  The command line
prints it without a traceback and exits with 1.
"""


class MGCError(Exception):
    """Root of all errors that `mgc` raises on purpose."""


class ConfigError(MGCError):
    """A configuration field is unknown, of the wrong type or out of range."""


class DataError(MGCError):
    """A manifest, split or corpus does not say what it should."""


class SignalError(MGCError):
    """A signal, window or lattice is none that the numerics can work with."""


class StoreError(DataError):
    """A feature store is missing, damaged or of an unknown format."""


class AudioError(DataError):
    """An audio file cannot be decoded or holds nothing usable."""


class RunError(MGCError):
    """A run folder is incomplete, damaged or belongs to other data."""


class WeightsError(MGCError):
    """Weights to classify songs with are missing, damaged or cannot be made."""


class NotebookError(MGCError):
    """A notebook is stale, was not executed cleanly or got wrong parameters."""
