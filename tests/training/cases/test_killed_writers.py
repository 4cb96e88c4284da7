import json
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 200
MAX_OPENING_S = 3.0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the writers are forked")
def test_nothing_that_was_acknowledged_is_lost_when_writers_are_killed(tmp_path):
    script = Path(__file__).with_name("killed_writers.py")
    done = subprocess.run(
        [sys.executable, script, tmp_path / "study", "--kills", str(KILLS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["kills"] == KILLS
    assert result["lost"] == 0
    assert result["problems"] == []
    assert result["slowest_opening_s"] < MAX_OPENING_S
    # The kills must have hit: many writers were at work and had acknowledged something.
    assert result["cut_short"] > KILLS / 5
    assert result["acknowledged"] > KILLS / 4
    assert result["migrated"] > 0
