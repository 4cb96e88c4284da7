"""The page about the tools names all of them, with the keys that they have."""

from pathlib import Path

import pytest

from app.gui.action_spec import ActionSpec
from app.gui.tool_actions import TOOL_ACTIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tools.md").read_text("utf-8")
TOOLS, _, _MEASURED = PAGE.partition("## Measured")


def rows() -> dict[str, str]:
    """The second column of each row of the page's tables, by the first."""
    cells = [line.split("|") for line in TOOLS.splitlines() if line.startswith("|")]
    return {row[1].strip(): row[2].strip() for row in cells}


@pytest.mark.parametrize("spec", TOOL_ACTIONS, ids=lambda spec: spec.key)
def test_the_page_names_the_tool_and_its_key(spec: ActionSpec) -> None:
    keys = ", ".join(spec.shortcuts)
    if spec.key in ("larger_brush", "smaller_brush"):
        assert f"`{keys}`" in PAGE
    elif spec.key == "refine":
        assert f"Refine ({keys})" in PAGE
    else:
        assert rows()[spec.text.rstrip("…")] == keys
