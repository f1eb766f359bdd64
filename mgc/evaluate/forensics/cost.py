"""What the drawn network would cost, and what the printed times and sizes leave room for.

A multiplication and an addition are two operations.  A convolution with kernels of k x k from C to
D channels costs 2 k^2 C D for each pixel of its output.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mgc.errors import DataError
from mgc.evaluate.forensics.printed import printed

#: Bytes of a number in single precision.
FLOAT32 = 4

#: Operations a second that a Tesla K80 cannot exceed in single precision, rounded up.
K80_PEAK = 9e12


@dataclass(frozen=True)
class DrawnCost:
    """Cost of the drawn network for one picture.

    Attributes
    ----------
    flops : int
        Operations of the convolutions.
    weights : int
        Numbers in the kernels.
    map_bytes : int
        All drawn maps and the input in single precision.
    joint_bytes : int
        The most that has to be held at once: two branches and what they are joined to.
    """

    flops: int
    weights: int
    map_bytes: int
    joint_bytes: int


def drawn_convolutions(kernel: int = 3) -> pd.DataFrame:
    """List the convolutions of Fig. 1, read literally.

    One convolution leads to each drawn map.  Skips are added to what they meet; the two branches of
    a stage read the same map, and the convolution after them reads both, one behind the other.

    Parameters
    ----------
    kernel : int >= 1
        Side of all kernels; the figure names none.

    Returns
    -------
    DataFrame
        One row a convolution: ``stage``, ``part``, ``side`` (of the output, in pixels),
        ``channels_in``, ``channels``, ``weights`` and ``flops``.

    Raises
    ------
    DataError
        If `kernel` is not positive, or the printed table is damaged.

    Examples
    --------
    >>> drawn_convolutions()["weights"].tolist()[:2]
    [432, 4608]

    Book: Patil et al. (2023), re-read
    """
    if kernel < 1:
        raise DataError(f"kernel is {kernel}, but a convolution has a side of at least 1")
    drawn = printed("network")
    rows, before = [], 0
    for _, maps in drawn.groupby("stage", sort=False):
        branches = maps["channels"].iloc[:-1].sum()
        for row in maps.itertuples():
            joined = row.part == "joined"
            rows.append(
                (row.stage, row.part, row.side, branches if joined else before, row.channels)
            )
        before = maps["channels"].iloc[-1]
    columns = ["stage", "part", "side", "channels_in", "channels"]
    table = pd.DataFrame(rows[1:], columns=columns)  # the first is the input itself
    table["weights"] = kernel**2 * table["channels_in"] * table["channels"]
    table["flops"] = 2 * table["weights"] * table["side"] ** 2
    return table


def drawn_cost(kernel: int = 3) -> DrawnCost:
    """Add up the cost of Fig. 1, read as :func:`drawn_convolutions` does.

    Examples
    --------
    >>> cost = drawn_cost()
    >>> round(cost.flops / 1e9), round(cost.weights / 1e6), round(cost.map_bytes / 1e6)
    (2462, 96, 1678)

    Book: Patil et al. (2023), re-read
    """
    table, drawn = drawn_convolutions(kernel), printed("network")
    size = FLOAT32 * drawn["channels"] * drawn["side"] ** 2
    held = size[drawn["part"] != "map"].groupby(drawn["stage"]).sum()
    return DrawnCost(
        int(table["flops"].sum()), int(table["weights"].sum()), int(size.sum()), int(held.max())
    )


def time_claims() -> pd.DataFrame:
    """Set the printed times against the cost of the drawn network.

    Returns
    -------
    DataFrame
        Index ``machine``; ``seconds`` as printed, and the rate in TFLOP/s that the drawn network
        would need with kernels of 3 x 3 (``rate_3``) and of 1 x 1 (``rate_1``).

    Examples
    --------
    >>> time_claims()["rate_1"].round(1).tolist()
    [0.7, 1.0, 1.0, 91.2]

    Book: Patil et al. (2023), re-read
    """
    costs = printed("costs")
    table = costs[costs["unit"] == "seconds"].set_index("item")[["value"]]
    table = table.rename_axis("machine").rename(columns={"value": "seconds"})
    for kernel in (3, 1):
        table[f"rate_{kernel}"] = drawn_cost(kernel).flops / table["seconds"] / 1e12
    return table


def chain_gradient(weight: float, slope: float, depth: int) -> float:
    """Return the largest derivative of a chain of neurons with PReLU.

    Each of the `depth` neurons computes PReLU(weight x), with `slope` on its negative side.

    Parameters
    ----------
    weight, slope : float
        The same for all neurons.
    depth : int >= 1
        Neurons in the chain.

    Returns
    -------
    float
        ``(|weight| max(1, |slope|)) ** depth``: it vanishes with depth if the base is below 1.

    Examples
    --------
    >>> chain_gradient(0.5, 0.25, 20) == 2.0**-20
    True

    Book: Patil et al. (2023), re-read
    """
    return float((np.abs(weight) * max(1.0, abs(slope))) ** depth)
