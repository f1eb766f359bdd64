"""Reading 2 of Fig. 1 of Patil et al. (2023): its encoder and decoder with three skips."""

from typing import Any

from mgc.models.patil import head, unet


def body(x: Any, n_classes: int, width: int) -> Any:
    """Draw the reading on a tensor of segments; `mgc.models.patil` says what is guessed.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, n_mels, frames, channels)``, normalised log-mel values.
    n_classes : int
        Number of genres.
    width : int
        Channels of the first and of the last stage, 16 in print.

    Returns
    -------
    KerasTensor
        Probabilities ``(batch, n_classes)`` in float32.

    References
    ----------
    Patil, Pradeepini and Komati (2023), doi 10.1186/s40537-023-00789-2, Fig. 1.

    Book: Readings of Patil's Fig. 1
    """
    return head(unet(x, width), n_classes)
