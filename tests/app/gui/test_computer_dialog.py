import pytest

from app.gui import file_dialogs

pytestmark = pytest.mark.gui


@pytest.fixture
def page(desk):
    desk.actions["computer"].trigger()
    return desk.logic.help.computer.dialog


def test_the_window_stays_usable_while_it_looks(page):
    assert "Looking" in page.summary
    assert page.texts == ()
    assert not page.isModal()


def test_findings_are_shown_and_what_is_missing_is_said_first(desk, page):
    desk.executor.run_all()

    assert page.texts == ("There is no OpenGL.", "32 GB.")
    assert "missing" in page.summary


def test_findings_can_be_copied_with_their_remedies(desk, page, application):
    desk.executor.run_all()
    page.copy_findings()

    assert "Display: There is no OpenGL. Install a driver." in application.clipboard().text()


def test_logs_are_saved_where_the_user_wants_and_nothing_is_sent(desk, page, monkeypatch, tmp_path):
    desk.executor.run_all()
    file = tmp_path / "support.zip"
    monkeypatch.setattr(file_dialogs, "ask_where_to_save_logs", lambda *_: file)
    page.save_logs_requested.emit()
    desk.executor.run_all()

    assert str(file) in page.message
    assert "Nothing was sent" in page.message


def test_a_failure_is_a_sentence_on_the_page(desk, page, monkeypatch):
    def fail(_tries_engines):
        raise ValueError("what nobody expects")

    monkeypatch.setattr(desk.workbench.computer, "_examine", fail)
    desk.executor.run_all()
    page.look_again_requested.emit()
    desk.executor.run_all()

    assert "could not be looked at" in page.summary
    assert "unexpectedly (ValueError)" in page.message


def test_at_the_first_start_what_is_missing_is_said_once(desk):
    computer = desk.logic.help.computer
    computer.check_once()
    desk.executor.run_all()
    bar = desk.window.notice_bar
    assert bar.text == "There is no OpenGL. Install a driver."

    bar.clear()
    computer.check_once()
    desk.executor.run_all()

    assert not bar.isVisible()


def test_at_the_first_start_the_start_page_leads_to_the_page(desk):
    button = desk.window.start_page.computer_button
    assert not button.isVisibleTo(desk.window.start_page)

    desk.logic.help.computer.check_once()
    desk.executor.run_all()
    assert button.text() == "Something that the program needs is missing."
    assert button.isVisibleTo(desk.window.start_page)

    button.click()
    assert desk.logic.help.computer.dialog.isVisible()


def test_the_page_tries_the_engines_even_if_a_shorter_look_is_under_way(desk, monkeypatch):
    tried = []
    examine = desk.workbench.computer._examine
    monkeypatch.setattr(
        desk.workbench.computer, "_examine", lambda full: (tried.append(full), examine(full))[1]
    )
    desk.logic.help.computer.check_once()
    desk.actions["computer"].trigger()
    desk.executor.run_all()

    assert tried == [False, True]
    assert desk.logic.help.computer.dialog.texts
