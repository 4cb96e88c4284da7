"""Takes out of logs what might say who the patient is: paths, file names, texts of errors.

Messages at INFO and above name no patient and no path, but an exception's text may, and what
libraries log is not ours to promise. So what goes out is what is known to be harmless: our own
sentences without paths, names or identifiers, and of each traceback the places in the code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

LEFT_OUT = "(left out: it might name a file or a patient)"

OUR_LOGGERS = frozenset({"app", "imaging", "inference", "training", "viewer", "maskwright"})

_SHORTEST_NAME = 3
_SUSPICIOUS = re.compile(
    r"[/\\]\S"  # a path
    r"|\.(?:nii|gz|dcm|nrrd|nhdr|mha|mhd|json|zip|seg|stl|obj|ply|csv)\b"
    r"|\d+(?:\.\d+){3,}"  # a DICOM identifier
    r"|\b\d{6,}\b"  # a date of birth, a patient's number
    r"|\^",  # between the parts of a name in DICOM
    re.IGNORECASE,
)
_FRAME = re.compile(r'^\s*File "([^"]+)", line (\d+),? in ([\w.<>]+)$')
_ERROR = re.compile(r"^((?:\w+\.)*\w*(?:Error|Exception|Warning|Interrupt|Exit))(?::|$)")
_CRASH_LINE = re.compile(
    r"^(?:Fatal Python error: [\w ]+|Windows fatal exception: [\w ]+"
    r"|(?:Current thread|Thread) 0x[0-9a-f]+ (?:\[[\w-]+\] )?\(most recent call first\):)$"
)
_CHAIN = (
    "Traceback (most recent call last):",
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)


def scrubbed_log(text: str, names: Iterable[str] = ()) -> str:
    """Our log, JSON lines, without what might name somebody; ``names`` are left out too.

    Lines that are no JSON are dropped.
    """
    known = [name.lower() for name in names if len(name) >= _SHORTEST_NAME]
    lines = (_scrubbed_line(line, known) for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line is not None)


def scrubbed_crash(text: str) -> str:
    """The stacks that a crash of native code left: where in the code, and nothing else."""
    lines = []
    for line in text.splitlines():
        if frame := _frame(line):
            lines.append(frame)
        elif _CRASH_LINE.match(line):
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _scrubbed_line(line: str, names: list[str]) -> str | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    kept = {key: str(record.get(key, "")) for key in ("time", "level", "logger")}
    kept["message"] = _scrubbed_message(str(record.get("message", "")), kept["logger"], names)
    if "traceback" in record:
        kept["traceback"] = _scrubbed_traceback(str(record["traceback"]))
    return json.dumps(kept)


def _scrubbed_message(message: str, logger: str, names: list[str]) -> str:
    if logger.partition(".")[0] not in OUR_LOGGERS:
        return LEFT_OUT
    first = message.partition("\n")[0]
    is_harmless = not _SUSPICIOUS.search(first) and not any(n in first.lower() for n in names)
    return first if is_harmless else LEFT_OUT


def _scrubbed_traceback(text: str) -> str:
    """Places and kinds of errors; an error's own text goes, over however many lines it runs."""
    lines: list[str] = []
    follows_frame = False
    for line in text.splitlines():
        if line in _CHAIN:
            lines.append(line)
            follows_frame = False
        elif frame := _frame(line):
            lines.append(frame)
            follows_frame = True
        elif follows_frame and not line.startswith(" "):
            kind = _ERROR.match(line)
            lines.append(kind.group(1) if kind else LEFT_OUT)
            follows_frame = False
    return "\n".join(lines)


def _frame(line: str) -> str | None:
    """A line of a traceback, its file without the folders of this computer; None for others."""
    found = _FRAME.match(line)
    if found is None:
        return None
    file, number, function = found.groups()
    return f'  File "{_within_libraries(file)}", line {number}, in {function}'


def _within_libraries(file: str) -> str:
    parts = re.split(r"[/\\]", file)
    roots = [number for number, part in enumerate(parts) if part in OUR_LOGGERS]
    if "site-packages" in parts:
        parts = parts[parts.index("site-packages") + 1 :]
    elif roots:
        parts = parts[roots[-1] :]
    else:
        parts = parts[-1:]
    return "/".join(parts)
