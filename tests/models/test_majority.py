"""The commonest genre."""

import numpy as np

from mgc.models.majority import Majority


def test_shares_are_the_probabilities_of_everything():
    model = Majority().fit(np.zeros((5, 2)), [2, 2, 0, 3, 2]).calibrate(np.zeros((1, 2)), [0])
    logp = model.log_probabilities(np.zeros((3, 2)))
    assert logp.shape == (3, 4) and logp.dtype == np.float32 and model.n_parameters == 4
    np.testing.assert_allclose(np.exp(logp), [[0.2, 0, 0.6, 0.2]] * 3, atol=1e-7)
    assert np.isfinite(logp).all()
    assert logp.argmax(axis=1).tolist() == [2, 2, 2]
