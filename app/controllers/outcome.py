"""What came of background work: its result, or a sentence for the user."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import TypeVar

from imaging.errors import CancelledError, MaskwrightError

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class WorkFailedError(MaskwrightError):
    """Background work failed; the message is the sentence to show."""


def result_of(future: Future[Result], what: str) -> Result:
    """The result of finished work; ``what`` names the work in the sentence of a fault.

    Raises:
        CancelledError: the work noticed that it was cancelled.
        WorkFailedError: it failed; unexpected failures are in the log with their traceback.
    """
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, CancelledError):
        raise error
    if isinstance(error, MaskwrightError):
        raise WorkFailedError(str(error)) from error
    if isinstance(error, MemoryError):
        raise WorkFailedError(
            f"{what} needs more memory than is free. Close other programs and try again."
        ) from error
    logger.error("%s failed", what, exc_info=error)
    raise WorkFailedError(
        f"{what} failed unexpectedly ({type(error).__name__}); nothing was changed. "
        "The details are in the log (Help menu)."
    ) from error
