"""The page about the views names all of their actions, with the keys that they have."""

from pathlib import Path

import pytest

from app.gui.action_spec import ActionSpec
from app.gui.view_actions import VIEW_ACTIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "views.md").read_text("utf-8")


@pytest.mark.parametrize("spec", VIEW_ACTIONS, ids=lambda spec: spec.key)
def test_the_page_names_the_action_and_its_key(spec: ActionSpec) -> None:
    cells = [line.split("|") for line in PAGE.splitlines() if line.startswith("|")]
    keys = {row[1].strip(): row[2].strip() for row in cells}
    assert keys[spec.text.rstrip("…")] == ", ".join(spec.shortcuts)
