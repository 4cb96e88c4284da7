"""`python -m training.bundles.onnx`: a bundle's network and weights as an ONNX file.

MONAI's own `onnx_export` cannot export DiNTS, whose forward pass asks tensors which way to go.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import fire
import onnx
import torch
from monai.bundle import ConfigParser

from training.onnx_export import OPSET


def export(
    filepath: str, ckpt_file: str, meta_file: str, config_file: str, **override: object
) -> None:
    """Write the network for the sides that the metadata name, in single precision."""
    parser = ConfigParser()
    parser.read_config(config_file)
    parser.read_meta(meta_file)
    parser.update(dict(override))
    network: torch.nn.Module = parser.get_parsed_content("network_def")
    state: dict[str, Any] = torch.load(ckpt_file, map_location="cpu", weights_only=True)
    network.load_state_dict(state.get("model", state))
    tensor = parser["_meta_#network_data_format#inputs#image"]
    shape = (1, tensor["num_channels"], *tensor["spatial_shape"])
    with warnings.catch_warnings():
        # The tracing exporter is deprecated; the new one cannot follow DiNTS.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(),
            (torch.zeros(*shape),),
            filepath,
            input_names=["input"],
            output_names=["logits"],
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(filepath)
    channels = {
        side: parser[f"_meta_#network_data_format#{side}"] for side in ("inputs", "outputs")
    }
    onnx.helper.set_model_props(model, {"network_data_format": json.dumps(channels)})
    onnx.checker.check_model(model)
    onnx.save(model, Path(filepath))


if __name__ == "__main__":
    fire.Fire(export)
