"""Reading 1 of Fig. 1 of Patil et al. (2023): the encoder alone, strided and with PReLU."""

from typing import Any

from mgc.models.patil import encoder, head


def body(x: Any, n_classes: int, width: int) -> Any:
    """Draw the reading on a tensor of segments; `mgc.models.patil` says what is guessed.

    Parameters
    ----------
    x : KerasTensor
        ``(batch, n_mels, frames, channels)``, normalised log-mel values.
    n_classes : int
        Number of genres.
    width : int
        Channels of the first stage, 16 in print; the others have 2, 4, 8 and 16 times as many.

    Returns
    -------
    KerasTensor
        Probabilities ``(batch, n_classes)`` in float32.

    References
    ----------
    Patil, Pradeepini and Komati (2023), doi 10.1186/s40537-023-00789-2, Fig. 1.

    Book: Readings of Patil's Fig. 1
    """
    return head(encoder(x, width)[-1], n_classes)
