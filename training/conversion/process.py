"""The child process that builds an imported network and writes it as ONNX.

It reads one request (JSON) from standard input, and answers with JSON lines. The weights come as
safetensors and the network as a name with numbers: nothing here can run what was downloaded.
Only where the user trusts a bundle, its own code builds the network, confined.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

MEMORY_ERRORS = ("DefaultCPUAllocator", "not enough memory", "std::bad_alloc")


def main() -> None:
    """Answer one request."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to standard error instead

    def send(**answer: object) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    request = json.loads(sys.stdin.buffer.readline())
    _limit(request["memory_bytes"])
    if request["trusted_bundle"] is not None:
        from training.conversion.confinement import leave_network

        leave_network()  # before there are threads, which would forbid it
    try:
        send(progress=0.05, text="Starting PyTorch")
        send(done=_convert(request, send))
    except BrokenPipeError:
        return
    except MemoryError:
        send(failed=_out_of_memory(request))
    except Exception as error:  # the edge of a process
        from imaging.errors import MaskwrightError

        if isinstance(error, MaskwrightError):
            send(failed=str(error))
        elif any(mark in str(error) for mark in MEMORY_ERRORS):
            send(failed=_out_of_memory(request))
        else:
            send(crashed=traceback.format_exc())


def _convert(request: dict[str, Any], send: Any) -> dict[str, Any]:  # noqa: ANN401 - a local function
    import torch

    from training.conversion.click_probe import click_order_by_trying
    from training.conversion.network_check import check_onnx, check_output
    from training.onnx_export import export_onnx

    torch.manual_seed(0)
    torch.set_num_threads(request["threads"])
    send(progress=0.2, text="Building the network")
    network = _network(request).eval()
    shape = (1, request["in_channels"], *request["size"])
    send(progress=0.3, text="Trying the network")
    with torch.inference_mode():
        example = torch.rand(shape)
        answer = check_output(network, example, request["out_channels"])
        order = click_order_by_trying(network, shape, request["click_channels"], send)
    send(progress=0.7, text="Writing ONNX")
    onnx = Path(request["onnx"])
    export_onnx(
        network, onnx, shape, has_free_sides=False, metadata=request["metadata"], is_half=False
    )
    send(progress=0.9, text="Comparing ONNX with PyTorch")
    difference = check_onnx(onnx, example.numpy(), answer.numpy())
    return {"click_order": order, "largest_difference": difference}


def _network(request: dict[str, Any]) -> Any:  # noqa: ANN401 - torch must not be imported above
    """The network with its weights."""
    from safetensors import safe_open
    from safetensors.torch import load_file

    from training.conversion.network_builder import build_network, load_weights

    if request["weights"] is not None:
        with safe_open(request["weights"], "pt") as file:
            aliases = json.loads((file.metadata() or {}).get("aliases", "{}"))
        tables = load_file(request["weights"])
    if request["trusted_bundle"] is None:
        network = build_network(request["architecture"])
    else:
        from training.conversion.trusted_network import build_trusted_network, load_trusted_script

        bundle = Path(request["trusted_bundle"])
        if request["weights"] is None:
            return load_trusted_script(bundle, bundle.parent)
        network = build_trusted_network(bundle, request["trusted_config"], bundle.parent)
    load_weights(network, tables, aliases)
    return network


def _out_of_memory(request: dict[str, Any]) -> str:
    return (
        f"The network needs more than {request['memory_bytes'] / 2**30:.0f} GB of memory to be "
        "converted. Import it on a larger computer and carry it over (models export --format "
        "package)."
    )


def _limit(memory_bytes: int) -> None:
    if sys.platform == "win32":
        return  # Windows limits memory by job objects; there the time limit must do.
    import resource

    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    soft = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
