import math

import pytest

from viewer.scenes.window_level import CT_PRESETS, MAX_WIDTH_HU, MIN_WIDTH_HU, WindowLevel


@pytest.mark.parametrize("width_hu", [0.0, -5.0, math.nan])
def test_an_empty_window_is_refused(width_hu):
    with pytest.raises(ValueError, match="HU wide"):
        WindowLevel(width_hu, 40)


def test_dragging_changes_width_and_centre():
    assert WindowLevel(400, 40).dragged(50, -10) == WindowLevel(450, 30)


def test_dragging_stops_at_the_limits():
    assert WindowLevel(400, 40).dragged(-1e6, 0).width_hu == MIN_WIDTH_HU
    assert WindowLevel(400, 40).dragged(1e6, 0).width_hu == MAX_WIDTH_HU


def test_presets_start_with_the_abdomen():
    assert next(iter(CT_PRESETS.items())) == ("Abdomen", WindowLevel(400, 40))
    assert CT_PRESETS["Lung"] == WindowLevel(1500, -600)
