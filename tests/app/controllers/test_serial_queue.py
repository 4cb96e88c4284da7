import threading
from concurrent.futures import ThreadPoolExecutor

from app.controllers.serial_queue import SerialQueue
from imaging.errors import WriteError


def at_once(function):
    function()


def test_work_runs_in_the_order_in_which_it_was_given(held_executor):
    queue, done = SerialQueue(held_executor, at_once), []
    for number in range(3):
        queue.submit(lambda number=number: number, lambda future: done.append(future.result()))

    assert len(held_executor) == 1
    assert queue.is_busy
    held_executor.run_all()

    assert done == [0, 1, 2]
    assert not queue.is_busy


def test_a_failure_is_delivered_and_the_next_work_runs(held_executor):
    queue, errors, done = SerialQueue(held_executor, at_once), [], []

    def fail():
        raise WriteError("The disk is full.")

    queue.submit(fail, lambda future: errors.append(str(future.exception())))
    queue.submit(lambda: 7, lambda future: done.append(future.result()))
    held_executor.run_all()

    assert errors == ["The disk is full."]
    assert done == [7]


def test_a_failure_that_nobody_waits_for_is_logged(held_executor, caplog):
    queue = SerialQueue(held_executor, at_once)
    queue.submit(lambda: 1 / 0)
    held_executor.run_all()

    assert "background work failed" in caplog.text


def test_waiting_ends_when_all_is_done():
    with ThreadPoolExecutor(2) as executor:
        queue, done = SerialQueue(executor, at_once), []
        for number in range(50):
            queue.submit(lambda number=number: done.append(number))

        assert queue.wait(10.0)
        assert done == list(range(50))


def test_who_waits_does_what_no_thread_has_begun(held_executor):
    queue, done = SerialQueue(held_executor, at_once), []
    queue.submit(lambda: done.append(1))

    assert queue.wait(0.0)
    assert done == [1]
    held_executor.run_all()
    assert done == [1]


def test_waiting_gives_up_after_its_time():
    go_on = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        queue, has_begun = SerialQueue(executor, at_once), threading.Event()

        def work():
            has_begun.set()
            go_on.wait()

        queue.submit(work)
        has_begun.wait()
        assert not queue.wait(0.01)
        go_on.set()
        assert queue.wait(10.0)
