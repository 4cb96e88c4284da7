import numpy as np

from training.contrast import PORTAL_GAIN_HU, STRENGTHS, add_contrast


def test_organs_gain_and_unknown_structures_gas_and_fat_do_not():
    labels = np.zeros((12, 12, 30), np.int16)
    labels[:, :, 10:20] = 1
    labels[:, :, 20:] = 2
    hu = np.full(labels.shape, 40, np.float32)
    hu[:6] = -100
    names = {1: "spleen", 2: "vertebrae L1"}
    gains = []
    for seed in range(20):
        added = add_contrast(hu, labels, names, np.random.default_rng(seed)) - hu
        assert not added[:6].any()
        assert not added[6:, :, :6].any()
        assert not added[6:, :, 24:].any()
        gains.append(float(added[8, 6, 15]))
    assert min(gains) > 0
    assert max(gains) < 90 * STRENGTHS[1] + 30
    assert np.median(gains) > 0.5 * PORTAL_GAIN_HU["spleen"]


def test_borders_are_soft():
    labels = np.zeros((8, 8, 20), np.int16)
    labels[:, :, 10:] = 1
    hu = np.full(labels.shape, 40, np.float32)
    row = (add_contrast(hu, labels, {1: "liver"}, np.random.default_rng(3)) - hu)[4, 4]
    assert 0 < row[9] < row[10] < row[14]
