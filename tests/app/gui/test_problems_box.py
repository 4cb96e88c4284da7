import pytest

from app.gui.problems_box import ProblemsBox

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("application")]

LONG = "scan.nii.gz cannot be opened: it is not a NIfTI file, or its header is damaged. " * 3


@pytest.fixture
def box(qtbot):
    made = ProblemsBox()
    qtbot.addWidget(made)
    made.resize(300, 400)
    return made


def test_a_long_line_makes_the_list_of_cases_no_wider(box):
    box.show_problems("Short", ("No.",))
    before = box.sizeHint().width()
    box.show_problems("Short", (LONG,))

    assert box.sizeHint().width() == before
    assert box.minimumSizeHint().width() < 250


def test_few_lines_take_less_room_than_many(box, qtbot):
    box.show_problems("One could not be added.", ("No.",))
    few = box.sizeHint().height()
    box.show_problems("Many could not be added.", (LONG,) * 9)

    qtbot.waitUntil(lambda: box.sizeHint().height() > few)
    assert box.sizeHint().height() < 300


def test_without_lines_there_is_nothing(box):
    box.show_problems("All was added.", ())

    assert not box.isVisible()
