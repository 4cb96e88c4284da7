"""Which of MONAI's transforms are known, in which order, and with which parameters."""

from __future__ import annotations

from dataclasses import dataclass, field

from inference.bundles.archive import shown
from inference.bundles.components import Opaque, Value

FREE = object()
"""Stands for a parameter that changes nothing for us, or is read elsewhere."""


@dataclass(frozen=True, slots=True)
class TransformRule:
    """One transform: its place in the order, and what its parameters may be.

    ``rank`` grows along the order; None may stand anywhere. ``parameters`` map a name to the
    values that it may have, or ``FREE``.
    """

    rank: int | None = None
    parameters: dict[str, object] = field(default_factory=dict)

    def fault(self, name: str, value: Value) -> str | None:
        """Why a parameter is not as known here; None if it is."""
        allowed = self.parameters.get(name)
        if name in _EVERYWHERE or allowed is FREE:
            return None
        if isinstance(allowed, tuple) and any(value == one for one in allowed):
            return None
        text = value.text if isinstance(value, Opaque) else value
        if not isinstance(allowed, tuple):
            return f"{shown(text)}: this parameter is not known here."
        known = " or ".join(str(one) for one in allowed)
        return f"{shown(text)} is not known here: only {known}."


_EVERYWHERE = frozenset({"keys", "allow_missing_keys", "meta_keys", "meta_key_postfix"})

_RAS = ("RAS",)
_NO = (False, None)

PRE: dict[str, TransformRule] = {
    "LoadImaged": TransformRule(
        0,
        {
            "reader": ("ITKReader", "NibabelReader", "itkreader", "nibabelreader", None),
            "image_only": FREE,
            "ensure_channel_first": FREE,
            "dtype": FREE,
            "affine_lps_to_ras": (True,),
        },
    ),
    "EnsureChannelFirstd": TransformRule(1, {"channel_dim": FREE}),
    "AddChanneld": TransformRule(1),
    "Orientationd": TransformRule(2, {"axcodes": _RAS, "labels": FREE}),
    "Spacingd": TransformRule(
        3,
        {
            "pixdim": FREE,
            "mode": ("bilinear", ["bilinear"], "trilinear"),
            "align_corners": _NO,
            "padding_mode": ("border",),
            "diagonal": _NO,
            "scale_extent": _NO,
            "recompute_affine": FREE,
        },
    ),
    "ScaleIntensityRanged": TransformRule(
        4,
        dict.fromkeys(("a_min", "a_max", "b_min", "b_max", "clip", "dtype"), FREE),
    ),
    "OrientationGuidanceMultipleLabelDeepEditd": TransformRule(
        5, {"ref_image": FREE, "label_names": FREE}
    ),
    "AddGuidanceFromPointsDeepEditd": TransformRule(
        6, {"ref_image": FREE, "guidance": FREE, "label_names": FREE, "meta_keys": FREE}
    ),
    "Resized": TransformRule(
        7, {"spatial_size": FREE, "mode": FREE, "size_mode": ("all",), "align_corners": FREE}
    ),
    "ResizeGuidanceMultipleLabelDeepEditd": TransformRule(8, {"guidance": FREE, "ref_image": FREE}),
    "PlaceClicksd": TransformRule(8, {"image": FREE, "label_names": FREE}),
    "DrawClicksd": TransformRule(
        9, {"label_names": FREE, "sigma": FREE, "number_intensity_ch": FREE}
    ),
    "AddGuidanceSignalDeepEditd": TransformRule(
        9, {"guidance": FREE, "sigma": FREE, "number_intensity_ch": FREE, "label_names": FREE}
    ),
    "DiscardAddGuidanced": TransformRule(
        9, {"number_intensity_ch": FREE, "probability": FREE, "label_names": FREE}
    ),
    "EnsureTyped": TransformRule(
        None, {"data_type": FREE, "dtype": FREE, "device": FREE, "track_meta": FREE}
    ),
    "ToTensord": TransformRule(None, {"dtype": FREE, "device": FREE, "track_meta": FREE}),
    "CastToTyped": TransformRule(None, {"dtype": FREE}),
    "ToDeviced": TransformRule(None, {"device": FREE, "non_blocking": FREE}),
}
"""From the file to the network. Intensities are clipped after resampling and before resizing."""

GUIDANCE = ("AddGuidanceSignalDeepEditd", "DrawClicksd", "DiscardAddGuidanced")
"""Steps that add the channels for clicks: MONAI's, our own bundles', and one of empty channels."""

READS_CLICKS = (
    "AddGuidanceFromPointsDeepEditd",
    "OrientationGuidanceMultipleLabelDeepEditd",
    "DrawClicksd",
    "DiscardAddGuidanced",
    "AddGuidanceSignalDeepEditd",
)
"""Steps that name the labels in the order of their channels."""

POST: dict[str, TransformRule] = {
    "EnsureTyped": TransformRule(None, {"data_type": FREE, "dtype": FREE, "device": FREE}),
    "ToTensord": TransformRule(None, {"dtype": FREE, "device": FREE}),
    "ToDeviced": TransformRule(None, {"device": FREE}),
    "Activationsd": TransformRule(1, {"softmax": (True,), "sigmoid": _NO, "other": _NO}),
    "Invertd": TransformRule(
        2,
        {
            "transform": FREE,
            "orig_keys": FREE,
            "orig_meta_keys": FREE,
            "nearest_interp": _NO,
            "to_tensor": FREE,
            "device": FREE,
        },
    ),
    "AsDiscreted": TransformRule(3, {"argmax": (True,), "to_onehot": _NO, "threshold": _NO}),
    "SaveImaged": TransformRule(
        4,
        dict.fromkeys(
            (
                "output_dir",
                "output_ext",
                "output_dtype",
                "output_postfix",
                "separate_folder",
                "resample",
                "squeeze_end_dims",
                "dtype",
                "data_root_dir",
                "print_log",
                "writer",
                "output_name_formatter",
            ),
            FREE,
        ),
    ),
}
"""From the network's answer to the file."""

OTHER_CLASSES = frozenset(
    {
        "CacheDataset",
        "CheckpointLoader",
        "Compose",
        "DataLoader",
        "Dataset",
        "SimpleInferer",
        "SlidingWindowInferer",
        "StatsHandler",
        "SupervisedEvaluator",
        "TensorBoardStatsHandler",
        "ThreadDataLoader",
        "TopologyInstance",
    }
)
"""Known classes of an inference configuration that are neither transforms nor networks."""
