"""How far a mean over a few cases can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

CONFIDENCE = 0.95

RESAMPLES = 10_000
"""More change the third digit of an interval no longer."""

Interval = tuple[float, float]


def mean_interval(values: Sequence[float], seed: int) -> Interval | None:
    """Bootstrap interval of the mean of independent cases: percentiles of resampled means.

    None for fewer than two cases. With few cases it is rather too narrow, as every bootstrap.
    """
    if len(values) < 2:
        return None
    rng = np.random.default_rng(seed)
    resampled = rng.choice(np.asarray(values, np.float64), (RESAMPLES, len(values)))
    outside = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(resampled.mean(axis=1), [outside, 100 - outside])
    return float(low), float(high)
