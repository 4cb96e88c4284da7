import threading

import pytest

from app.controllers.right_of_way import LONGEST_WAIT_S, QUIET_S, RightOfWay


class Clock:
    """Goes on by a step at each look."""

    def __init__(self, step_s=0.0):
        self.now_s = 0.0
        self.step_s = step_s

    def __call__(self):
        self.now_s += self.step_s
        return self.now_s


def test_nobody_waits_while_nobody_clicks():
    RightOfWay(Clock()).wait(lambda: pytest.fail("it waited"))


def test_background_work_waits_while_a_click_does():
    way = RightOfWay(Clock())
    way.set_taken(True)
    waiter = threading.Thread(target=way.wait, args=(lambda: False,), daemon=True)
    waiter.start()
    waiter.join(0.15)
    was_waiting = waiter.is_alive()
    way._clock.now_s = LONGEST_WAIT_S
    waiter.join(5)

    assert was_waiting
    assert not waiter.is_alive()


def test_it_goes_on_only_some_time_after_the_answer():
    clock = Clock()
    way = RightOfWay(clock)
    way.set_taken(True)
    way.set_taken(False)
    looks = []

    def is_over():
        looks.append(clock.now_s)
        clock.now_s += QUIET_S / 2
        return False

    way.wait(is_over)
    assert looks == [0, QUIET_S / 2]


def test_who_is_stopped_waits_no_longer():
    way = RightOfWay(Clock())
    way.set_taken(True)
    way.wait(lambda: True)


def test_endless_clicking_does_not_stop_the_background_for_good():
    way = RightOfWay(Clock(step_s=LONGEST_WAIT_S / 3))
    way.set_taken(True)
    way.wait()


def test_other_processes_hear_when_a_click_begins_and_ends():
    told = []
    right_of_way = RightOfWay(announce=lambda: told.append("click"))
    for is_taken in (False, True, True, False):
        right_of_way.set_taken(is_taken)
    assert len(told) == 2
