"""Imports every file of a folder under an audit hook, and prints what came of it as JSON.

Run in a fresh interpreter, by ``test_hostile_models.py``: an audit hook stays for good.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

import training.conversion.weights_file  # noqa: F401 - loaded now: later imports are watched
from app.model_import import ImportRequest, ModelImporter
from imaging.errors import MaskwrightError

CODE = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "subprocess.",
    "socket.",
    "exec",
    "pickle.",
    "ctypes.",
    "urllib.",
    "webbrowser.",
    "code.",
    "sys.addaudithook",
)
CHANGES = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.symlink",
    "os.link",
    "os.chmod",
    "os.chown",
    "os.truncate",
    "os.utime",
    "shutil.move",
    "shutil.copyfile",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

folder = Path(sys.argv[1])
models = folder.parent / "models"
workspaces = Path(tempfile.mkdtemp(dir=folder.parent))
tempfile.tempdir = str(workspaces)
allowed = tuple(str(path) for path in (models, workspaces))
events = []


def watch(event, arguments):
    """Note what a harmless import has no need to do."""
    if event.startswith(CODE):
        events.append(f"{event} {arguments!r:.200}")
    elif event == "import":
        events.append(f"import {arguments[0]}")
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        note_path(event, arguments[0])
    elif event in CHANGES:
        path = arguments[1] if event == "shutil.copyfile" else arguments[0]
        note_path(event, path, next((x for x in arguments[1:] if isinstance(x, int)), -1))


def note_path(event, path, folder_descriptor=-1):
    """Note a change outside of where an import may write; some name a folder by descriptor."""
    place = os.fsdecode(path) if isinstance(path, str | bytes | Path) else ""
    if folder_descriptor >= 0 and event in {"os.remove", "os.rmdir"}:
        place = str(Path(f"/proc/self/fd/{folder_descriptor}").readlink() / place)
    place = os.path.realpath(place)
    if not place.startswith(allowed):
        events.append(f"{event} {path}")


importer = ModelImporter(models, models.with_name("versions"), frozenset)
results = {}
names = json.loads((folder / "names.json").read_text())
for attempt in ("warm-up", "watched"):  # the first loads what is loaded late
    if attempt == "watched":
        sys.addaudithook(watch)
    for name in names if attempt == "watched" else [*names[:1], "bomb.zip", "deep-yaml"]:
        events.clear()
        started = time.monotonic()
        try:
            importer.import_model(ImportRequest(folder / name), lambda *_: None, lambda: False)
            answer = None
        except MaskwrightError as error:
            answer = str(error)
        results[name] = {
            "answer": answer,
            "events": list(events),
            "seconds": time.monotonic() - started,
        }
sys.stdout.write(json.dumps(results))
