"""The sign of each level of a finding: its icon, its colour, and what it means."""

from __future__ import annotations

from app.findings import Level
from viewer.widgets.translation import translatable

LEVEL_SIGNS = {
    Level.FINE: ("check-circle-outline", "approved", translatable("works")),
    Level.INFO: ("minus-circle-outline", "faint", translatable("is so")),
    Level.NOTE: ("alert-outline", "warning", translatable("works, but could be better")),
    Level.FAULT: ("alert-circle-outline", "excluded", translatable("does not work")),
}
