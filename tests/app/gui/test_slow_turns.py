"""What the costliest turns of the event loop did."""

from app.gui.slow_turns import SlowTurns


def add_up(count):
    return sum(number % 7 for number in range(count))


def turn(slow_turns, phase, busy_ms, work):
    slow_turns.begin()
    work()
    slow_turns.end()
    slow_turns.keep(phase, busy_ms)


def test_the_costliest_turns_are_kept_with_what_they_called():
    slow_turns = SlowTurns(2)
    turn(slow_turns, "opening", 30.0, lambda: add_up(40))
    turn(slow_turns, "clicks", 20.0, lambda: None)
    turn(slow_turns, "clicks", 10.0, lambda: add_up(40))
    turn(slow_turns, "painting", 25.0, lambda: (add_up(40), add_up(50)))

    assert list(slow_turns.turns) == ["opening, 30.0 ms", "painting, 25.0 ms"]
    (line,) = (line for line in slow_turns.turns["painting, 25.0 ms"] if "add_up" in line)
    assert "2 x " in line
    assert "test_slow_turns.py" in line
