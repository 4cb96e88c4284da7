"""Opens a CT with a model: the session, or the sessions, that the model's networks need."""

from __future__ import annotations

from collections.abc import Callable

from imaging.errors import ModelError
from imaging.volume import Volume
from inference.click_session import ClickSession
from inference.engines.onnx_runtime import OnnxRuntimeEngine
from inference.messages import (
    ClickRequest,
    IsCancelled,
    MaskProposal,
    OpenEngine,
    ReportProgress,
    ShowFound,
    show_nothing,
)
from inference.model_package import ModelPackage
from inference.network_specs import AutomaticSpec
from inference.predictor import Predictor
from inference.sliding_window_session import SlidingWindowSession
from inference.spleen_scout import SpleenScout
from inference.whole_volume_session import WholeVolumeSession


def open_session(
    volume: Volume,
    package: ModelPackage,
    open_engine: OpenEngine = OnnxRuntimeEngine,
    *,
    is_exact: bool = False,
    spleen_finder: AutomaticSpec | None = None,
) -> Predictor:
    """A session for ``package``; with ``is_exact`` its masks are MONAI's own, faults included.

    ``spleen_finder`` is a quick network that tells a slow one where to begin; without it, that
    one looks everywhere.

    Raises:
        ModelError: an exact answer is asked of a network that is not MONAI's.
    """
    is_monais = package.automatic is None and package.clicks is None
    if is_exact and not is_monais:
        raise ModelError(
            f"The model {package.id} is no MONAI bundle, so there is nothing to equal exactly. "
            "Choose an imported model."
        )
    parts: list[tuple[tuple[str, ...], bool, Predictor]] = []
    if not is_monais:
        own = tuple(package.automatic.structures) if package.automatic else ()
        parts.append((own, package.clicks is not None, ClickSession(volume, package, open_engine)))
    whole = package.whole_volume
    if whole is not None:
        session = WholeVolumeSession(volume, package, open_engine, is_exact=is_exact)
        parts.append((whole.structures, whole.takes_clicks, session))
    sliding = package.sliding_window
    if sliding is not None:
        scout = SpleenScout(spleen_finder, open_engine) if spleen_finder else None
        windows = SlidingWindowSession(volume, package, open_engine, is_exact=is_exact, scout=scout)
        parts.append((sliding.structures, False, windows))
    return parts[0][2] if len(parts) == 1 else _SeveralNetworks(parts)


class _SeveralNetworks:
    """Sessions of a package with several networks: each request goes to the first that can."""

    def __init__(self, parts: list[tuple[tuple[str, ...], bool, Predictor]]) -> None:
        self._parts = parts

    @property
    def engine_name(self) -> str:
        return self._first_text(lambda session: session.engine_name)

    @property
    def device_name(self) -> str:
        return self._first_text(lambda session: session.device_name)

    def prepare(
        self,
        report_progress: ReportProgress = lambda _share, _what: None,
        is_cancelled: IsCancelled = lambda: False,
    ) -> float:
        return sum(session.prepare(report_progress, is_cancelled) for *_, session in self._parts)

    def segment(
        self,
        structure: str,
        report_progress: ReportProgress = lambda _share, _what: None,
        is_cancelled: IsCancelled = lambda: False,
        show_found: ShowFound = show_nothing,
    ) -> MaskProposal:
        able = (session for structures, _, session in self._parts if structure in structures)
        session = next(able, self._parts[0][2])  # which refuses, in its own words
        return session.segment(structure, report_progress, is_cancelled, show_found)

    def respond(
        self, request: ClickRequest, is_cancelled: IsCancelled = lambda: False
    ) -> MaskProposal:
        able = (session for _, takes_clicks, session in self._parts if takes_clicks)
        return next(able, self._parts[0][2]).respond(request, is_cancelled)

    def _first_text(self, text_of: Callable[[Predictor], str]) -> str:
        return next((text for *_, one in self._parts if (text := text_of(one))), "")
