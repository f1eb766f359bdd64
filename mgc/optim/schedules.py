"""Learning rates over the epochs of a run."""

import math

#: Name -> what becomes of the rate.
SCHEDULES = {
    "plateau": "lowered by a factor where the monitored quantity stops getting better",
    "constant": "as it is",
    "cosine": "half a cosine, from the initial rate towards 0",
}


def scheduled_rate(schedule: str, rate: float, epoch: int, epochs: int) -> float:
    """Return the learning rate of one epoch under a schedule that is known beforehand.

    Parameters
    ----------
    schedule : {'constant', 'cosine'}
        Not ``plateau``, which depends on what happens.
    rate : float > 0
        Initial rate.
    epoch : int
        From 0 to ``epochs - 1``.
    epochs : int > 0
        Length of the run; the half cosine would reach 0 after its last epoch.

    References
    ----------
    Loshchilov and Hutter (2017), arXiv 1608.03983.

    Examples
    --------
    >>> [round(scheduled_rate("cosine", 1.0, epoch, 4), 3) for epoch in range(4)]
    [1.0, 0.854, 0.5, 0.146]

    Book: Three optimizers under equal budgets
    """
    if schedule == "constant":
        return rate
    return rate * (1 + math.cos(math.pi * epoch / epochs)) / 2
