"""What was read of a bundle or checkpoint: enough to build its network and to use it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imaging.errors import ModelError
from inference.bundles.archive import shown
from inference.bundles.network_spec import NetworkSpec
from inference.bundles.pipeline import Pipeline, WholeVolumePipeline
from inference.bundles.structure_names import BACKGROUND, structure_name
from inference.network_specs import IMAGE

CONFIGURED, ALPHABETICAL = "config", "alphabetical"
"""Orders of labels: as the configuration lists them, or as MONAI 1.6 and newer sorts them."""


@dataclass(frozen=True, slots=True)
class ModelText:
    """What a bundle says about itself in words."""

    title: str
    version: str
    licence: str
    sources: tuple[str, ...]
    training_data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """A model that was understood, and where its weights are.

    ``inputs`` name the network's channels ("image", then whose clicks each holds), ``outputs``
    its classes, background first, all in our words. ``order_is_sure`` is False where the order of
    the click channels may be another, which only trying the network can tell.
    """

    suggested_id: str
    text: ModelText
    network: NetworkSpec
    pipeline: Pipeline
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    order_is_sure: bool
    checkpoint: Path
    licence_text: str | None = None
    trusted_config: str | None = None
    """The configuration that the bundle's own code is to build the network from, if trusted."""

    def __post_init__(self) -> None:
        for what, names, count in (
            ("takes", self.inputs, self.network.in_channels),
            ("gives", self.outputs, self.network.out_channels),
        ):
            if len(names) != count:
                raise ModelError(
                    f"The network {what} {count} channels, and the bundle describes {len(names)} "
                    f"({', '.join(names)}). Ask its author which is right."
                )
        if len(set(self.outputs)) != len(self.outputs):
            raise ModelError(f"The bundle gives two classes one name: {', '.join(self.outputs)}.")


def click_channels(
    labels: tuple[tuple[str, int], ...], order: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Inputs and outputs of a network with click channels, in our words.

    ``labels`` are a configuration's ``label_names``. Channels follow their order and classes
    their values; where the values leave gaps, training numbered the classes in order, background
    first. With ``order`` "alphabetical" both follow the alphabet, background first; otherwise it
    may list the labels of the click channels, separated by commas.

    Raises:
        ModelError: the labels have no background, or ``order`` names others.
    """
    names = [structure_name(label) for label, _ in labels]
    values = dict(zip(names, (value for _, value in labels), strict=True))
    if BACKGROUND not in values:
        raise ModelError("The bundle's label_names have no background.")
    others = [name for name in names if name != BACKGROUND]
    if order == ALPHABETICAL:
        # Sorted by the bundle's own words, as MONAI does, not by ours.
        words = {structure_name(label): label for label, _ in labels}
        others.sort(key=lambda name: words[name])
        names = [BACKGROUND, *others]
        return (IMAGE, *names), (BACKGROUND, *others)
    if sorted(values.values()) == list(range(len(values))):
        others.sort(key=lambda name: values[name])
    if order not in (None, CONFIGURED):
        names = [structure_name(name) for name in str(order).split(",")]
        if sorted(names) != sorted(values):
            raise ModelError(
                f"The click order {shown(order)} must name each of these once: {', '.join(values)}."
            )
    return (IMAGE, *names), (BACKGROUND, *others)


def is_click_network(pipeline: Pipeline) -> bool:
    """True if the network has channels for clicks."""
    return isinstance(pipeline, WholeVolumePipeline) and bool(pipeline.click_labels)
