import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.controllers.runner import NewestWinsRunner


@pytest.fixture
def runner(held_executor):
    return NewestWinsRunner(held_executor, call_in_gui_thread=lambda function: function())


def test_newer_work_replaces_waiting_work(runner, held_executor):
    shown = []

    runner.submit(lambda _cancelled: "first", lambda future: shown.append(future.result()))
    runner.submit(lambda _cancelled: "second", lambda future: shown.append(future.result()))
    held_executor.run_all()

    assert shown == ["second"]


def test_work_that_was_replaced_while_it_ran_is_told_and_not_delivered(runner, held_executor):
    shown, told = [], []

    def first(is_cancelled):
        runner.submit(lambda _cancelled: "second", lambda future: shown.append(future.result()))
        told.append(is_cancelled())
        return "first"

    runner.submit(first, lambda future: shown.append(future.result()))
    held_executor.run_all()

    assert told == [True]
    assert shown == ["second"]


def test_cancelled_work_is_never_delivered(runner, held_executor):
    shown = []

    runner.submit(lambda _cancelled: "late", shown.append)
    runner.cancel()
    held_executor.run_all()

    assert shown == []
    assert not runner.is_busy


def test_a_result_that_waits_for_the_gui_thread_is_dropped_when_newer_work_comes(held_executor):
    hops, shown = [], []
    runner = NewestWinsRunner(held_executor, call_in_gui_thread=hops.append)

    runner.submit(lambda _cancelled: "first", lambda future: shown.append(future.result()))
    held_executor.run_all()
    runner.submit(lambda _cancelled: "second", lambda future: shown.append(future.result()))
    held_executor.run_all()
    for hop in hops:
        hop()

    assert shown == ["second"]


def test_a_failure_is_delivered_like_a_result(runner, held_executor):
    shown = []

    def fail(_is_cancelled):
        raise ValueError("no")

    runner.submit(fail, lambda future: shown.append(future.exception()))
    held_executor.run_all()

    assert isinstance(shown[0], ValueError)


def test_delivery_happens_only_through_the_hop():
    hops, threads = [], []
    executor = ThreadPoolExecutor(1)
    runner = NewestWinsRunner(executor, call_in_gui_thread=hops.append)

    runner.submit(lambda _cancelled: 1, lambda _future: threads.append(threading.get_ident()))
    executor.shutdown(wait=True)
    assert threads == []
    hops[0]()

    assert threads == [threading.get_ident()]
