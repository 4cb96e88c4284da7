import pytest

from app.controllers.follower import Follower


class Subject:
    """Something that is edited, and what was seen of it."""

    def __init__(self, executor):
        self.state = 0
        self.seen = []
        self.follower = Follower(self.look, self.keep, executor, lambda function: function())
        self.on_look = lambda: None

    def look(self):
        seen = self.state
        self.on_look()
        return seen

    def keep(self, future):
        self.seen.append(future.result())

    def edit(self):
        self.state += 1
        self.follower.follow()


@pytest.fixture
def subject(held_executor):
    return Subject(held_executor)


def test_an_edit_is_followed_by_one_look(subject, held_executor):
    subject.edit()
    assert subject.follower.is_busy
    held_executor.run_all()

    assert subject.seen == [1]
    assert not subject.follower.is_busy


def test_edits_while_a_look_waits_or_runs_are_followed_by_one_more(subject, held_executor):
    subject.edit()
    subject.on_look = lambda: (subject.edit(), subject.edit()) if subject.state < 3 else None
    held_executor.run_next()
    assert len(held_executor) == 1
    assert subject.seen == [1]  # shown although it is old already: the next is on its way
    held_executor.run_all()

    assert subject.seen == [1, 3]


def test_nothing_is_delivered_after_closing(subject, held_executor):
    subject.edit()
    subject.follower.close()
    held_executor.run_all()
    subject.edit()

    assert subject.seen == []
    assert len(held_executor) == 0


def test_a_failure_is_delivered_and_the_next_change_followed(subject, held_executor):
    failures = []
    subject.keep = lambda future: failures.append(future.exception())
    subject.follower = Follower(
        lambda: 1 // 0, lambda future: subject.keep(future), held_executor, lambda call: call()
    )
    subject.edit()
    held_executor.run_all()
    subject.edit()
    held_executor.run_all()

    assert [type(failure) for failure in failures] == [ZeroDivisionError] * 2
