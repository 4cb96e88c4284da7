import numpy as np

from viewer.scenes.label_overlay import outline_segments


def test_one_voxel_has_four_edges_half_a_voxel_from_its_centre():
    labels = np.zeros((4, 5), np.uint8)
    labels[2, 3] = 7

    ends, values = outline_segments(labels, (2.0, 10.0))

    assert len(ends) == 4
    assert set(values) == {7}
    assert {tuple(corner) for corner in ends.reshape(-1, 2)} == {(5, 15), (5, 25), (7, 15), (7, 25)}


def test_labels_at_the_border_are_closed():
    ends, _ = outline_segments(np.ones((2, 2), np.uint8), (1.0, 1.0))

    assert len(ends) == 8


def test_touching_structures_share_one_line():
    labels = np.array([[1, 2]], np.uint8)

    ends, values = outline_segments(labels, (1.0, 1.0))

    assert len(ends) == 7
    between = (ends[..., 0] == 0.5).all(axis=1)
    assert values[between].tolist() == [2]


def test_nothing_has_no_outline():
    ends, values = outline_segments(np.zeros((3, 3), np.uint8), (1.0, 1.0))

    assert ends.shape == (0, 2, 2)
    assert values.shape == (0,)
