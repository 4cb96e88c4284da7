import numpy as np
import pytest

from imaging.volume import Volume
from inference.click_benchmark import ClickTimes, time_clicks
from inference.messages import MaskProposal, StageSeconds


@pytest.fixture
def oblique_volume(oblique_geometry) -> Volume:
    return Volume(np.zeros(oblique_geometry.shape, np.int16), oblique_geometry)


class CountingSession:
    """Answers each click with a mask of one voxel more and remembers the clicks."""

    def __init__(self) -> None:
        self.requests = []

    def prepare(self) -> float:
        return 0.25

    def respond(self, request) -> MaskProposal:
        self.requests.append(request)
        mask = np.ones((1, 1, len(self.requests)), bool)
        box = (slice(0, 1), slice(0, 1), slice(0, len(self.requests)))
        return MaskProposal("spleen", box, mask, StageSeconds(network=0.1, guidance=0.01))


def test_each_click_works_on_the_mask_that_the_one_before_left(oblique_volume):
    session = CountingSession()
    start = np.zeros(oblique_volume.geometry.shape, bool)
    start[3:6, 4:8, 4:8] = True
    times = time_clicks(session, oblique_volume, "spleen", start, 3)
    assert [len(request.clicks) for request in session.requests] == [1, 2, 3, 4]
    assert [request.current_mask[0, 0].sum() for request in session.requests] == [0, 1, 2, 3]
    assert [click.is_foreground for click in session.requests[-1].clicks] == [True, False] * 2
    assert len(times.whole_s) == 3, "the first click only warms up"
    assert times.prepare_s == 0.25


def test_the_report_gives_percentiles_and_the_share_of_the_network():
    stages = (StageSeconds(guidance=0.1, network=0.3, map_back=0.1),) * 4
    report = ClickTimes(stages, (0.5, 0.5, 0.5, 0.5), 1.0).as_json()
    assert report["click_ms"] == {"p50": 500.0, "p95": 500.0}
    assert report["network_ms"]["p50"] == 300.0
    assert report["network_share"] == pytest.approx(0.6)
    assert report["ratio_to_network"] == pytest.approx(1.667, abs=1e-3)


def test_an_empty_mask_cannot_be_clicked_at(oblique_volume):
    nothing = np.zeros(oblique_volume.geometry.shape, bool)
    with pytest.raises(ValueError, match="empty"):
        time_clicks(CountingSession(), oblique_volume, "spleen", nothing, 2)
