"""Downloads one file: goes on where it broke off, and gives out the right bytes or none."""

from __future__ import annotations

import logging
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from imaging.errors import CancelledError, DownloadError, UnreachableError
from imaging.writers.atomic_file import write_error
from inference.messages import IsCancelled, ReportProgress
from inference.partial_file import PartialFile, Source, digest_of_file
from inference.web import BrokenOffError, WebSession, chunks_of

logger = logging.getLogger(__name__)

PAUSES_S = (1.0, 3.0, 6.0)
"""Before the next attempt; after so many in a row that brought nothing, no more are made."""

MAX_ATTEMPTS = 50
"""However much each one brings."""

REPORT_EVERY_S = 0.1
WAIT_STEP_S = 0.1

MEGABYTE = 10**6

_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that can be downloaded, known by its hash.

    ``name`` is what it is called here; ``algorithm`` and ``digest`` are the hash's, ``max_bytes``
    is more than it has.
    """

    url: str
    name: str
    algorithm: str
    digest: str
    max_bytes: int


@dataclass(frozen=True, slots=True)
class _Announced:
    """What a server says of the answer that it begins to send.

    ``first`` is the place of its first byte in the file, ``total`` the size of the whole file or
    None where that is not said.
    """

    first: int
    total: int | None


class Downloader:
    """Keeps what it downloads, and what is not complete, in ``folder``; see ``WebSession``."""

    def __init__(
        self,
        folder: Path,
        make_session: Callable[[], WebSession] = WebSession,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._make_session = make_session
        self._pause = pause

    def fetch(
        self, file: RemoteFile, report_progress: ReportProgress, is_cancelled: IsCancelled
    ) -> Path:
        """The file on this computer; what came before a break is not fetched again.

        Raises:
            UnreachableError: it cannot be had; what came so far is kept.
            DownloadError: what came is not the file, or too much; nothing is kept of it.
            CancelledError: ``is_cancelled`` said so; what came so far is kept.
            WriteError: the disk refused something.
        """
        target = self._folder / file.name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if target.is_file():
                if digest_of_file(target, file.algorithm) == file.digest:
                    return target
                target.unlink()
            session = self._make_session()
            try:
                transfer = _Transfer(session, file, PartialFile(target), report_progress)
                self._finish(transfer, is_cancelled)
            finally:
                session.close()
            return transfer.part.complete()
        except OSError as error:
            raise write_error(target, error) from error

    def _finish(self, transfer: _Transfer, is_cancelled: IsCancelled) -> None:
        """Until the bytes are there, and are the right ones."""
        self._persist(transfer, is_cancelled)
        if transfer.is_right():
            return
        transfer.part.discard()
        if transfer.has_resumed:  # the older bytes may have been of another file
            self._persist(transfer, is_cancelled)
            if transfer.is_right():
                return
            transfer.part.discard()
        file = transfer.file
        raise DownloadError(
            f"What came is not {file.name}: its {file.algorithm.upper()} is not {file.digest}. It "
            "was thrown away, and nothing was installed. Perhaps a proxy or a page to sign in "
            "answered in place of the server."
        )

    def _persist(self, transfer: _Transfer, is_cancelled: IsCancelled) -> None:
        """Ask again as long as that may help."""
        fruitless = 0
        for _ in range(MAX_ATTEMPTS):
            before = transfer.part.size
            try:
                transfer.go_on(is_cancelled)
            except BrokenOffError as error:
                logger.info("a download broke off: %s", error)
                fruitless = 0 if transfer.part.size > before else fruitless + 1
                if fruitless > len(PAUSES_S):
                    raise UnreachableError(f"{error}. Is there a network?") from error
                self._wait(PAUSES_S[fruitless - 1] if fruitless else 0.0, is_cancelled)
            else:
                return
        raise UnreachableError("The connection broke off again and again.")

    def _wait(self, seconds: float, is_cancelled: IsCancelled) -> None:
        """Wait in short steps, so that it can be cancelled."""
        for _ in range(round(seconds / WAIT_STEP_S)):
            _raise_if(is_cancelled)
            self._pause(WAIT_STEP_S)


class _Transfer:
    """One file on its way."""

    def __init__(
        self,
        session: WebSession,
        file: RemoteFile,
        part: PartialFile,
        report_progress: ReportProgress,
    ) -> None:
        self.file = file
        self.part = part
        self._session = session
        self._report_progress = report_progress
        self.has_resumed = False
        """Whether the bytes are of several answers."""
        self._reported_at = float("-inf")

    def is_right(self) -> bool:
        """Whether the bytes have the file's hash."""
        return digest_of_file(self.part.path, self.file.algorithm) == self.file.digest

    def go_on(self, is_cancelled: IsCancelled) -> None:
        """Fetch what is missing.

        Raises:
            BrokenOffError: not all of it came.
        """
        _raise_if(is_cancelled)
        self._report(None)
        source = self.part.source()
        if source is None or source.url != self.file.url:
            self.part.discard()
        have = self.part.size
        headers = {"Range": f"bytes={have}-"} if have else {}
        if have and source is not None and source.validator:
            headers["If-Range"] = source.validator
        response = self._session.get(self.file.url, headers)
        try:
            if self._is_whole(response, have):
                return
            announced = self._announced(response, have)
            validator = _validator(response)
            if announced.first == 0:
                self.part.begin(Source(self.file.url, validator))
            elif announced.first != have or _differ(validator, source):
                self.part.discard()
                raise BrokenOffError("The file changed on the server")
            else:
                self.has_resumed = True
            self._check_room(announced)
            self._receive(response, announced, is_cancelled)
        finally:
            response.close()

    def _is_whole(self, response: requests.Response, have: int) -> bool:
        """True where the server says that there is no more than what we have."""
        if response.status_code != requests.codes.requested_range_not_satisfiable:
            return False
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found and found[2] == str(have):
            return True
        self.part.discard()
        raise BrokenOffError("The file changed on the server")

    def _announced(self, response: requests.Response, have: int) -> _Announced:
        status = response.status_code
        if status == requests.codes.too_many_requests or status >= 500:
            raise BrokenOffError(f"The server cannot answer now ({status})")
        if status == requests.codes.ok:
            length = response.headers.get("Content-Length", "")
            return _Announced(0, int(length) if length.isdecimal() else None)
        if status == requests.codes.partial_content and have:
            found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if found and found[1]:
                return _Announced(int(found[1]), int(found[2]) if found[2] != "*" else None)
            self.part.discard()
            raise BrokenOffError("The server does not say which part it sends")
        raise UnreachableError(
            f"The server does not give {self.file.name} out (it answers {status})."
        )

    def _check_room(self, announced: _Announced) -> None:
        if announced.total is None:
            return
        if announced.total > self.file.max_bytes:
            self.part.discard()
            raise self._too_large()
        free = shutil.disk_usage(self.part.path.parent).free
        missing = announced.total - announced.first
        if free < missing:
            raise DownloadError(
                f"{self.file.name} needs {missing / MEGABYTE:.0f} MB more, and the disk has "
                f"{free / MEGABYTE:.0f} MB. Free some space and start again."
            )

    def _receive(
        self, response: requests.Response, announced: _Announced, is_cancelled: IsCancelled
    ) -> None:
        size = self.part.size
        with self.part.path.open("ab") as part:
            for data in chunks_of(response):
                size += len(data)
                if size > self.file.max_bytes:
                    break
                part.write(data)
                self._report(announced.total, size)
                _raise_if(is_cancelled)
        if size > self.file.max_bytes:
            self.part.discard()
            raise self._too_large()

    def _too_large(self) -> DownloadError:
        return DownloadError(
            f"What the server sends is larger than {self.file.name} can be "
            f"({self.file.max_bytes / MEGABYTE:.0f} MB). It was thrown away, and nothing was "
            "installed."
        )

    def _report(self, total: int | None, size: int = 0) -> None:
        if not size:
            self._report_progress(0.0, f"Asking for {self.file.name}")
            return
        now = time.monotonic()
        if size != total and now - self._reported_at < REPORT_EVERY_S:
            return
        self._reported_at = now
        if total:
            text = f"Downloading, {size / MEGABYTE:.0f} of {total / MEGABYTE:.0f} MB"
            self._report_progress(min(size / total, 1.0), text)
        else:
            self._report_progress(0.0, f"Downloading, {size / MEGABYTE:.0f} MB")


def _validator(response: requests.Response) -> str:
    """What the server calls this state of the file, exactly; empty where it does not say."""
    etag: str = response.headers.get("ETag", "")
    if etag and not etag.startswith("W/"):
        return etag
    return str(response.headers.get("Last-Modified", ""))


def _differ(validator: str, source: Source | None) -> bool:
    """Whether an answer says that the file is another one now; many say nothing."""
    return bool(validator and source is not None and source.validator not in ("", validator))


def _raise_if(is_cancelled: IsCancelled) -> None:
    if is_cancelled():
        raise CancelledError(
            "The download was cancelled. What came so far is kept: the next one goes on there."
        )
