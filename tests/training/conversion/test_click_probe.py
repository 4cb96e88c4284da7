import pytest

torch = pytest.importorskip("torch")

from training.conversion.click_probe import click_order_by_trying, order_from_rises  # noqa: E402

SHAPE = (1, 3, 12, 10, 8)


class ClickedNetwork(torch.nn.Module):
    """Answers class 1 where ``foreground``, a channel, is bright; class 0 elsewhere."""

    def __init__(self, foreground, strength=20.0):
        super().__init__()
        self.foreground, self.strength = foreground, strength

    def forward(self, inputs):
        spots = self.strength * (inputs[:, self.foreground] - 0.5)
        return torch.stack([-spots, spots], dim=1)


def ignore(**_):
    """Nobody watches."""


@pytest.mark.parametrize(("foreground", "order"), [(1, [1, 0]), (2, [0, 1])])
def test_the_channel_that_raises_the_structure_is_found(foreground, order):
    assert click_order_by_trying(ClickedNetwork(foreground), SHAPE, [1, 0], ignore) == order


def test_a_network_that_hardly_answers_clicks_tells_nothing():
    assert click_order_by_trying(ClickedNetwork(1, strength=0.3), SHAPE, [1, 0], ignore) is None


def test_a_network_without_click_channels_is_not_tried():
    assert click_order_by_trying(None, (1, 1, 8, 8, 8), [], ignore) is None


def test_several_structures_are_told_apart():
    rises = torch.zeros(3, 3, 2)
    rises[2, 1] = rises[0, 2] = 0.9
    assert order_from_rises(rises) == [2, 0, 1]


def test_one_weak_answer_makes_all_unclear():
    rises = torch.zeros(2, 2, 2)
    rises[0, 1] = torch.tensor([0.9, 0.2])
    assert order_from_rises(rises) is None


def test_two_channels_that_raise_one_class_make_it_unclear():
    rises = torch.zeros(2, 2, 2)
    rises[:, 1] = 0.9
    assert order_from_rises(rises) is None
