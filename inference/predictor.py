"""What the program asks of inference: one open volume that answers clicks."""

from __future__ import annotations

from typing import Protocol

from inference.messages import (
    ClickRequest,
    IsCancelled,
    MaskProposal,
    ReportProgress,
    ShowFound,
)


class Predictor(Protocol):
    """A model with one volume; `inference.open_session` makes the real ones.

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
        show_found: ShowFound = ...,
    ) -> MaskProposal:
        """Find a structure without clicks; ``show_found`` hears what is found on the way."""

    def respond(self, request: ClickRequest, is_cancelled: IsCancelled = ...) -> MaskProposal:
        """Answer the newest click about a structure; stops early where it is cancelled."""
