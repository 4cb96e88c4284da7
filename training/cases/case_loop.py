"""Does one thing with case after case: a failing one is listed, a wish to stop is heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imaging.errors import CancelledError, MaskwrightError
from training.cases.find_cases import IsCancelled, Problem, ReportProgress, stop_if
from training.cases.records import CaseRecord


def for_each_case(
    cases: Sequence[CaseRecord],
    act: Callable[[CaseRecord], None],
    problems: list[Problem],
    report_progress: ReportProgress,
    is_cancelled: IsCancelled,
) -> bool:
    """Call ``act`` with each case and append to ``problems`` why it failed with some.

    Returns whether the rest was left out because ``is_cancelled`` said so.
    """
    for number, case in enumerate(cases):
        report_progress(number / len(cases), f"{number + 1} of {len(cases)}: {case.name}")
        try:
            stop_if(is_cancelled)
            act(case)
        except CancelledError:
            return True
        except MaskwrightError as error:
            if is_cancelled():  # Ctrl+C ends the decoding process as well, which is no fault
                return True
            problems.append(Problem(case.name, str(error)))
    return False
