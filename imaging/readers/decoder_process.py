"""The decoding process: reads one request from standard input, answers on standard output.

Heavy libraries are imported only by the branch that needs them: the start of this process is a
good part of the time from "open" to the first picture.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import BinaryIO

from imaging.errors import MaskwrightError
from imaging.readers.protocol import (
    Answer,
    Crashed,
    DecodeRequest,
    DecodeTask,
    Failed,
    Finished,
    Progress,
    SeriesFound,
    VoxelChunk,
    VoxelsFollow,
    affine_numbers,
    answer_to_line,
)


def main() -> None:
    """Answer one request."""
    out = _claim_standard_output()
    request = DecodeRequest.from_line(sys.stdin.buffer.readline())
    _limit_memory(request.memory_limit_bytes)

    def send(answer: Answer) -> None:
        out.write(answer_to_line(answer))
        out.flush()

    try:
        _answer(request, out)
    except BrokenPipeError:
        return  # The parent lost interest; nobody is left to tell.
    except MaskwrightError as error:
        send(Failed(type(error).__name__, str(error)))
    except MemoryError:
        limit_gb = request.memory_limit_bytes / 1e9
        send(
            Failed(
                "UnreadableFileError",
                f"{Path(request.path).name} needs more than {limit_gb:.1f} GB of memory to decode, "
                "more than a CT should. It is damaged or too large; export it in smaller parts.",
            )
        )
    except Exception:  # The edge of a process: the parent logs it and shows a sentence.
        send(Crashed(traceback.format_exc()))


def _answer(request: DecodeRequest, out: BinaryIO) -> None:
    def send(answer: Answer) -> None:
        out.write(answer_to_line(answer))
        out.flush()

    def report(share: float, text: str) -> None:
        send(Progress(share, text))

    from imaging.readers.volume_source import open_source, source_series

    path = Path(request.path)
    if request.task is DecodeTask.SERIES:
        send(SeriesFound(source_series(path, report)))
        return

    from imaging.readers.voxel_values import HounsfieldEncoder, LabelEncoder

    encoder: LabelEncoder | HounsfieldEncoder
    if request.task is DecodeTask.LABELS:
        from imaging.readers.label_source import open_label_source

        source = open_label_source(path, request.grid, report)
        encoder = LabelEncoder(source.name)
    elif request.task is DecodeTask.PREVIEWS:
        from imaging.readers.series_previews import preview_source

        source = preview_source(path, report)
        encoder = LabelEncoder(source.name)
    else:
        source = open_source(path, request.series_uid, report)
        encoder = HounsfieldEncoder()
    send(VoxelsFollow(encoder.dtype, source.geometry.shape, affine_numbers(source.geometry.affine)))
    for slab in source.slabs:
        voxels = encoder.encode(slab)
        send(VoxelChunk(voxels.nbytes))
        out.write(voxels.data)
    warnings = (*source.warnings, *encoder.warnings())
    send(Finished(source.name, warnings, source.label_names, source.has_our_values))


def _claim_standard_output() -> BinaryIO:
    """Keep the pipe for answers; what libraries print goes to standard error instead."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(answers, "wb")


def _limit_memory(limit_bytes: int) -> None:
    if sys.platform == "win32":
        return  # Windows limits memory by job objects; there the time limits must do.
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = limit_bytes if hard == resource.RLIM_INFINITY else min(limit_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
