import pytest
from PySide6.QtWidgets import QToolButton

pytestmark = pytest.mark.gui


def test_what_a_narrow_window_has_no_room_for_is_behind_an_arrow_that_can_be_seen(desk):
    desk.open_case()
    desk.window.resize(900, 700)
    desk.window.show()
    more = desk.window.top.findChild(QToolButton, "qt_toolbar_ext_button")

    assert more.isVisible()
    assert more.toolTip() == "More tools"
    shades = {
        more.grab().toImage().pixelColor(x, y).lightness()
        for x in range(more.width())
        for y in range(more.height())
    }
    assert max(shades) > 150
