"""Small bundles in the layouts that the Model Zoo's have had, with random weights."""

import json
import zipfile
from pathlib import Path

import numpy as np
import yaml

SPLEEN_LABELS = {"spleen": 1, "background": 0}
DEVICE = "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')"


def transform(name, **arguments):
    return {"_target_": name, "keys": "image", **arguments}


def composed(*transforms):
    return {"_target_": "Compose", "transforms": list(transforms)}


def scaled(low, high):
    return transform("ScaleIntensityRanged", a_min=low, a_max=high, b_min=0.0, b_max=1.0, clip=True)


def postprocessing(**saving):
    steps = [
        transform("EnsureTyped"),
        transform("Activationsd", softmax=True),
        transform("Invertd", transform="@preprocessing", orig_keys="image", nearest_interp=False),
        transform("AsDiscreted", argmax=True),
        transform("SaveImaged", output_dir="@output_dir", **saving),
    ]
    for step in steps:
        step["keys"] = "pred"
    return composed(*steps)


def runner(old: bool, **flags):
    """How a configuration is run: as MONAI 0.9 wanted it, or with initialize and run."""
    loader = {
        "_target_": "CheckpointLoader",
        "load_path": "$@bundle_root + '/models/model.pt'",
        "load_dict": {"model": "@network"},
    }
    handlers = [{"_target_": "StatsHandler", "iteration_log": False}]
    tree = {
        "bundle_root": ".",
        "output_dir": "$@bundle_root + '/eval'",
        "dataset_dir": "data/Task09_Spleen",
        "datalist": "$list(sorted(glob.glob(@dataset_dir + '/imagesTs/*.nii.gz')))",
        "device": DEVICE,
        "network": "$@network_def.to(@device)",
        "dataset": {
            "_target_": "Dataset",
            "data": "$[{'image': i} for i in @datalist]",
            "transform": "@preprocessing",
        },
        "dataloader": {"_target_": "DataLoader", "dataset": "@dataset", "batch_size": 1},
        "handlers": [loader, *handlers] if old else handlers,
        "evaluator": {
            "_target_": "SupervisedEvaluator",
            "device": "@device",
            "val_data_loader": "@dataloader",
            "network": "@network",
            "inferer": "@inferer",
            "postprocessing": "@postprocessing",
            "val_handlers": "@handlers",
            "amp": True,
        },
        **flags,
    }
    if old:
        benchmark = "$setattr(torch.backends.cudnn, 'benchmark', True)"
        return {"imports": ["$import glob", "$import os"], **tree} | {
            "evaluating": [benchmark, "$@evaluator.run()"]
        }
    return {"imports": ["$import glob", "$import numpy", "$import os"], **tree} | {
        "output_dtype": "$numpy.float32",
        "load_pretrain": True,
        "checkpointloader": loader,
        "initialize": [
            "$monai.utils.set_determinism(seed=123)",
            "$@checkpointloader(@evaluator) if @load_pretrain else None",
        ],
        "run": ["$@evaluator.run()"],
    }


def deepedit_config(version="0.5.6", labels=None, side=16):
    """The DeepEdit bundle's inference: no clicks before 0.4.8, a switch in it, always after."""
    labels = labels or SPLEEN_LABELS
    before = [
        transform("LoadImaged", reader="ITKReader"),
        transform("EnsureChannelFirstd"),
        transform("Orientationd", axcodes="RAS"),
        scaled(-175, 250),
    ]
    resized = transform("Resized", spatial_size="@spatial_size", mode="area")
    empty = transform(
        "DiscardAddGuidanced",
        label_names="@label_names",
        number_intensity_ch="@number_intensity_ch",
    )
    oriented = {
        "_target_": "scripts.transforms.OrientationGuidanceMultipleLabelDeepEditd",
        "ref_image": "image",
        "label_names": "@label_names",
    }
    points = {
        "_target_": "AddGuidanceFromPointsDeepEditd",
        "ref_image": "image",
        "guidance": "guidance",
        "label_names": "@label_names",
    }
    moved = {
        "_target_": "ResizeGuidanceMultipleLabelDeepEditd",
        "guidance": "guidance",
        "ref_image": "image",
    }
    drawn = transform(
        "AddGuidanceSignalDeepEditd",
        guidance="guidance",
        number_intensity_ch="@number_intensity_ch",
    )
    typed = transform("EnsureTyped")
    network = {
        "_target_": "DynUNet",
        "spatial_dims": 3,
        "in_channels": "$len(@label_names) + @number_intensity_ch",
        "out_channels": "$len(@label_names)",
        "kernel_size": [3, 3, 3],
        "strides": [1, 2, [2, 2, 1]],
        "upsample_kernel_size": [2, [2, 2, 1]],
        "filters": [4, 8, 8],
        "norm_name": "instance",
        "deep_supervision": False,
        "res_block": True,
    }
    tree = {
        "label_names": labels,
        "spatial_size": [side, side, side],
        "number_intensity_ch": 1,
        "network_def": network,
        "inferer": {"_target_": "SimpleInferer"},
        "postprocessing": postprocessing(),
    }
    if version < "0.4.8":
        tree["preprocessing"] = composed(*before, resized, empty, typed)
        return {**runner(old=version < "0.3.8"), **tree}
    tree |= {"preprocessing_transforms": before, "extra_transforms": [typed]}
    if version == "0.4.8":
        return {
            **runner(old=False, use_click=False),
            **tree,
            "deepedit_transforms": [points, resized, moved, drawn],
            "auto_seg_transforms": [resized, empty],
            "preprocessing": {
                "_target_": "Compose",
                "transforms": "$@preprocessing_transforms + (@deepedit_transforms if @use_click "
                "else @auto_seg_transforms) + @extra_transforms",
            },
        }
    return {
        **runner(old=False),
        **tree,
        "deepedit_transforms": [oriented, points, resized, moved, drawn],
        "preprocessing": {
            "_target_": "Compose",
            "transforms": "$@preprocessing_transforms + @deepedit_transforms + @extra_transforms",
        },
    }


def sliding(side=16, overlap=0.5):
    return {
        "_target_": "SlidingWindowInferer",
        "roi_size": [side, side, side],
        "sw_batch_size": 4,
        "overlap": overlap,
    }


def spleen_config(version="0.5.9", side=16):
    return {
        **runner(old=version < "0.3.9"),
        "network_def": {
            "_target_": "UNet",
            "spatial_dims": 3,
            "in_channels": 1,
            "out_channels": 2,
            "channels": [4, 8, 8],
            "strides": [2, 2],
            "num_res_units": 2,
            "norm": "batch",
        },
        "preprocessing": composed(
            transform("LoadImaged"),
            transform("EnsureChannelFirstd"),
            transform("Orientationd", axcodes="RAS"),
            transform("Spacingd", pixdim=[1.5, 1.5, 2.0], mode="bilinear"),
            scaled(-57, 164),
            transform("EnsureTyped"),
        ),
        "inferer": sliding(side),
        "postprocessing": postprocessing(),
    }


def dints_config(version="0.5.0", side=32):
    """A search's result: the architecture comes from a file beside the weights."""
    is_old = version < "0.3.7"
    node = "@arch_ckpt['node_a']"
    return {
        **runner(old=is_old),
        "input_channels": 1,
        "output_classes": 3,
        "arch_ckpt_path": "$@bundle_root + '/models/search_code_18590.pt'",
        "arch_ckpt": "$torch.load(@arch_ckpt_path, map_location=torch.device('cuda'))",
        "dints_space": {
            "_target_": "monai.networks.nets.TopologyInstance",
            "channel_mul": 0.125,
            "num_blocks": 2,
            "num_depths": 2,
            "use_downsample": True,
            "arch_code": ["$@arch_ckpt['arch_code_a']", "$@arch_ckpt['arch_code_c']"],
            "device": "$torch.device('cuda')",
        },
        "network_def": {
            "_target_": "monai.networks.nets.DiNTS",
            "dints_space": "@dints_space",
            "in_channels": "@input_channels",
            "num_classes": "@output_classes",
            "use_downsample": True,
            "node_a": f"${node}" if is_old else f"$torch.from_numpy({node})",
        },
        "preprocessing": composed(
            transform("LoadImaged"),
            transform("EnsureChannelFirstd"),
            transform("Orientationd", axcodes="RAS"),
            transform("Spacingd", pixdim=[1, 1, 1], mode="bilinear"),
            scaled(-87, 199),
            transform("EnsureTyped"),
        ),
        "inferer": sliding(side, overlap=0.625),
        "postprocessing": postprocessing(),
    }


def metadata(version, classes, name="A bundle", **more):
    return {
        "version": version,
        "monai_version": "1.4.0",
        "name": name,
        "data_source": "Task09_Spleen.tar from http://medicaldecathlon.com/",
        "eval_metrics": {"mean_dice": 0.96},
        "network_data_format": {
            "outputs": {"pred": {"channel_def": {str(n): c for n, c in enumerate(classes)}}}
        },
        **more,
    }


def write_bundle(folder: Path, config, about, kind="json"):
    """A bundle's folder without weights; returns it."""
    (folder / "configs").mkdir(parents=True)
    (folder / "models").mkdir()
    (folder / "docs").mkdir()
    text = json.dumps(config) if kind == "json" else yaml.safe_dump(config, sort_keys=False)
    (folder / "configs" / f"inference.{kind}").write_text(text)
    (folder / "configs" / "metadata.json").write_text(json.dumps(about))
    (folder / "LICENSE").write_text("Apache License\nVersion 2.0, January 2004\n")
    return folder


def zipped(folder: Path, target: Path):
    """The folder as a zip archive, below a folder of its name."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, Path(folder.name) / file.relative_to(folder))
    return target


def architecture(seed=3):
    """A DiNTS architecture of two blocks and two depths, every path used."""
    random = np.random.default_rng(seed)
    return {
        "node_a": np.ones((3, 2)),
        "arch_code_a": np.ones((2, 4)),
        "arch_code_c": random.integers(0, 3, (2, 4)).astype(float),
        "arch_code_a_max": np.ones((2, 4)),
        "iter_num": 18590,
        "epochs": 1430,
        "best_dsc": 0.5,
        "best_path": "models/search_code_18590.pt",
    }


def fill_with_weights(folder: Path, network, seed=0, key="model"):
    """Random weights for a network (as a package's architecture), saved as MONAI does."""
    import torch

    from training.conversion.network_builder import build_network

    torch.manual_seed(seed)
    state = build_network(network).state_dict()
    torch.save({key: state} if key else state, folder / "models" / "model.pt")
