import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.gui.banner import NOTICE_MS, Banner

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("application")]


@pytest.fixture
def page(qtbot):
    """A page with a layout, as the views have."""
    page = QWidget()
    page.contents = QWidget()
    QVBoxLayout(page).addWidget(page.contents)
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()
    return page


def test_a_message_moves_nothing_below_it(page):
    before = page.contents.geometry()
    banner = Banner(page)
    banner.show_error("A slice is missing. " * 20)

    assert banner.isVisible()
    assert page.contents.geometry() == before


def test_a_long_message_is_shown_whole_and_follows_the_windows_width(page, qtbot):
    banner = Banner(page)
    banner.show_error("A slice is missing. " * 20)
    tall = banner.height()
    page.resize(500, 500)
    qtbot.waitUntil(lambda: banner.width() < 500)

    assert banner.height() > tall
    assert page.rect().contains(banner.geometry())


def test_notices_go_by_themselves_and_errors_stay(page):
    banner = Banner(page)
    banner.show_notice("This spot is locked.")
    assert banner._timer.interval() == NOTICE_MS
    assert banner._timer.isActive()
    banner.show_error("A slice is missing.")

    assert not banner._timer.isActive()


def test_another_case_takes_a_failure_away_and_leaves_the_news(page):
    banner = Banner(page)
    banner.show_done("liver 1 is approved, as version 3.")
    banner.leave_case()
    assert banner.isVisible()

    banner.show_error("A slice is missing.")
    banner.leave_case()
    assert not banner.isVisible()
