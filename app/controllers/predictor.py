"""What the program asks of inference: one open volume that answers clicks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from imaging.volume import Volume
from inference.messages import ClickRequest, IsCancelled, MaskProposal, ReportProgress


class Predictor(Protocol):
    """A model with one volume; `inference.click_session.ClickSession` is the real one.

    All calls come from one thread at a time, the inference thread in the window.
    """

    @property
    def engine_name(self) -> str:
        """What computes, in words a user knows: "ONNX Runtime"; empty before it is loaded."""

    @property
    def device_name(self) -> str:
        """On what it computes: "CPU, 2 threads"."""

    def prepare(
        self, report_progress: ReportProgress = ..., is_cancelled: IsCancelled = ...
    ) -> float:
        """Do once what every answer needs: resample, normalise, warm up; returns seconds."""

    def segment(
        self,
        structure: str,
        report_progress: ReportProgress = ...,
        is_cancelled: IsCancelled = ...,
    ) -> MaskProposal:
        """Find a structure without clicks."""

    def respond(self, request: ClickRequest, is_cancelled: IsCancelled = ...) -> MaskProposal:
        """Answer the newest click about a structure; stops early where it is cancelled."""


class ModelAbilities(Protocol):
    """What the program needs to know of a model; `ModelPackage` is the real one."""

    @property
    def id(self) -> str:
        """Its name in commands and settings."""

    @property
    def version(self) -> str:
        """Its version."""

    @property
    def title(self) -> str:
        """Its name as shown in the window."""

    @property
    def structures(self) -> tuple[str, ...]:
        """What it can segment with clicks or without."""

    @property
    def automatic_structures(self) -> tuple[str, ...]:
        """What it can segment without clicks."""

    @property
    def takes_clicks(self) -> bool:
        """Whether it answers clicks."""

    @property
    def answers_any_structure(self) -> bool:
        """Whether it answers clicks on structures that it was not made for, too."""


MakePredictor = Callable[[Volume], Predictor]
"""Called on the inference thread: it may load weights."""
