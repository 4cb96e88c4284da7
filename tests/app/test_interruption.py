"""Ctrl+C is a wish at first, and an order the second time."""

import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.interruption import ProgressLine, cancel_on_interrupt

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_interrupt_is_a_wish_and_the_second_stops():
    with cancel_on_interrupt() as is_cancelled:
        assert not is_cancelled()
        interrupt()
        assert is_cancelled()
        with pytest.raises(KeyboardInterrupt):
            interrupt()


def test_what_was_before_comes_back():
    before = signal.getsignal(signal.SIGINT)

    with cancel_on_interrupt():
        assert signal.getsignal(signal.SIGINT) is not before

    assert signal.getsignal(signal.SIGINT) is before


def test_on_another_thread_nothing_is_cancelled():
    def ask():
        with cancel_on_interrupt() as is_cancelled:
            return is_cancelled()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(ask).result() is False


def test_progress_is_not_written_to_a_file(capsys):
    line = ProgressLine()
    line.report(0.5, "Reading")
    line.clear()

    assert capsys.readouterr() == ("", "")


def test_progress_renews_one_line_and_leaves_none(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    line = ProgressLine()
    line.report(0.25, "Reading headers")
    line.report(0.5, "Reading")
    line.clear()

    shown = capsys.readouterr().err
    assert shown.startswith("\r 25% Reading headers\r 50% Reading")
    assert shown.endswith("\r")
    assert "\n" not in shown
