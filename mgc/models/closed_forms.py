"""Costs of SimpleCNN and UNet_Lite as formulas in the width and the size of the picture.

Written by hand from the equations of the book and from nothing else, to be held against
:func:`mgc.models.costs.count_cost`, which asks the built network.
"""

from mgc.models.costs import Cost


def simple_cnn_cost(bands: int, frames: int, width: int, n_classes: int = 10) -> Cost:
    """Return the cost of SimpleCNN.

    With N₀ = bands × frames and N₁, N₂ the points after one and two poolings, there are
    9 N₀ w + 18 N₁ w² + 72 N₂ w² products in the convolutions, and 106 w² + 48 w + n (4 w + 1)
    parameters.

    Parameters
    ----------
    bands, frames : int
        Size of the picture.
    width : int
        Channels w of the first convolution.
    n_classes : int
        Number n of genres.

    Returns
    -------
    Cost
        For one segment.

    Examples
    --------
    >>> cost = simple_cnn_cost(128, 259, 32)
    >>> cost.parameters, cost.products
    (111370, 312734976)

    Book: SimpleCNN
    """
    w, n = width, n_classes
    n0, n1, n2 = (bands // s * (frames // s) for s in (1, 2, 4))
    products = 9 * n0 * w + 18 * n1 * w**2 + 72 * n2 * w**2 + 16 * w**2 + 4 * w * n
    normalised = n0 * w + n1 * 2 * w + n2 * 4 * w  # values, twice touched, and cut off at 0
    pooled = n1 * w + n2 * 2 * w  # values, each the largest of four
    average, head = n2 * 4 * w, 4 * w + 3 * n
    return Cost(
        parameters=106 * w**2 + 48 * w + n * (4 * w + 1),
        trainable=106 * w**2 + 34 * w + n * (4 * w + 1),
        products=products,
        flops=2 * products + 3 * normalised + 3 * pooled + average + head,
    )


def unet_lite_cost(bands: int, frames: int, width: int, n_classes: int = 10) -> Cost:
    """Return the cost of UNet_Lite.

    With N points in the picture, padded to multiples of 16, every level of the U costs the same:
    9 N (w + w²) products in the first encoder stage, 13.5 N w² in each of the others and in the
    bottleneck, 29 N w² in each decoder stage.  There are 7614 w² + 588 w + n (4 w + 1) parameters.

    Parameters
    ----------
    bands, frames, width, n_classes
        As in :func:`simple_cnn_cost`.

    Returns
    -------
    Cost
        For one segment.

    Examples
    --------
    >>> cost = unet_lite_cost(128, 259, 32)
    >>> cost.parameters, cost.products
    (7816842, 6391702784)

    Book: UNet_Lite
    """
    w, n = width, n_classes
    points = (bands + -bands % 16) * (frames + -frames % 16)
    products = points * (9 * w + 179 * w**2) + 40 * w**2 + 4 * w * n
    # A map of level k has N w / 2^k values; each of four levels normalises four, the bottom two.
    normalised = 61 * points * w // 8
    pooled = 15 * points * w // 32
    average, head = bands * frames * w, 12 * w + 3 * n
    return Cost(
        parameters=7614 * w**2 + 588 * w + n * (4 * w + 1),
        trainable=7614 * w**2 + 404 * w + n * (4 * w + 1),
        products=products,
        flops=2 * products + 4 * normalised + 3 * pooled + average + head,
    )
