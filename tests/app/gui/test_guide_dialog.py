import re

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtWidgets import QLineEdit

from app.gui.guide_dialog import GUIDE, GuideDialog, guide_folder

pytestmark = [pytest.mark.gui, pytest.mark.usefixtures("application")]

LINK = re.compile(r"\]\(([^)#]+)")


@pytest.fixture
def guide(qtbot):
    def open_guide(folder=None):
        dialog = GuideDialog(None, folder)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return open_guide


def test_the_guide_ships_with_its_pages_and_pictures():
    text = (guide_folder() / GUIDE).read_text(encoding="utf-8")
    links = LINK.findall(text)

    assert sum(link.endswith(".png") for link in links) >= 5
    assert all((guide_folder() / link).is_file() for link in links)


def test_a_picture_is_as_wide_as_there_is_room_for(guide, tmp_path):
    QImage(2000, 100, QImage.Format.Format_RGB32).save(str(tmp_path / "wide.png"))
    (tmp_path / GUIDE).write_text("# Title\n\n![wide](wide.png)\n", encoding="utf-8")
    pages = guide(tmp_path).pages

    picture = pages.loadResource(QTextDocument.ResourceType.ImageResource.value, QUrl("wide.png"))

    assert 200 <= picture.width() / picture.devicePixelRatio() <= pages.viewport().width()


def test_a_long_command_goes_on_in_the_next_line(guide, tmp_path):
    command = "maskwright segment " + " ".join(f"--option-{n} value" for n in range(40))
    (tmp_path / GUIDE).write_text(f"# Here\n\n```\n{command}\n```\n", encoding="utf-8")
    pages = guide(tmp_path).pages

    assert command in pages.toPlainText()
    assert pages.document().idealWidth() <= pages.viewport().width()
    assert pages.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff


def test_a_link_to_the_network_is_not_followed(guide, tmp_path):
    (tmp_path / GUIDE).write_text("# Here\n", encoding="utf-8")
    pages = guide(tmp_path).pages
    pages.setSource(QUrl("http://example.org/there.md"))

    assert pages.source().isLocalFile()
    assert "Here" in pages.toPlainText()


def test_words_are_found_in_the_page_and_what_is_not_there_is_said(qtbot, guide, tmp_path):
    (tmp_path / GUIDE).write_text("# One\n\nspleen\n\npancreas\n", encoding="utf-8")
    dialog = guide(tmp_path)
    qtbot.keyClicks(dialog.findChild(QLineEdit), "pancreas")
    assert dialog.pages.textCursor().selectedText() == "pancreas"

    qtbot.keyClicks(dialog.findChild(QLineEdit), "titis")

    assert dialog.answer == "Not in this page"


def test_without_its_pages_it_says_what_to_do(guide, tmp_path):
    assert "Install the program again" in guide(tmp_path / "nowhere").pages.toPlainText()
