"""The configuration of a training run: validated, written as TOML, shown as a form. No torch here.

A file, ``--set key=value`` and the form of the Runs page all end in one :class:`RunConfig`. Importing this
module loads pydantic, which takes a fifth of a second: nothing that the window needs at its start does.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Architecture = Literal["fashionnet", "mask-rcnn", "match-rcnn", "embedding"]
#: What a field belongs to, where it does not belong to every architecture.
_FASHIONNET: dict[str, Any] = {"for": ["fashionnet"]}
_DETECTORS: dict[str, Any] = {"for": ["mask-rcnn", "match-rcnn"]}
_CROPS: dict[str, Any] = {"for": ["fashionnet", "embedding"]}
_PAIRS: dict[str, Any] = {"for": ["match-rcnn", "embedding"]}
_EMBEDDING: dict[str, Any] = {"for": ["embedding"]}
_MATCH: dict[str, Any] = {"for": ["match-rcnn"]}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class ModelConfig(_Section):
    """Which network, and what it starts from."""

    architecture: Architecture = Field("match-rcnn", title="Network", description="What is trained.")
    backbone: Literal["small", "resnet50", "resnet50-v2", "vgg16"] = Field(
        "small",
        title="Backbone",
        description="small trains on a processor; resnet50-v2 is for Mask R-CNN, vgg16 for FashionNet.",
    )
    start_from: str = Field(
        "",
        title="Starts from",
        description="A model of the store, or a model folder, to fine-tune. Empty: random weights.",
    )
    embedding_size: int = Field(
        128,
        ge=8,
        le=8192,
        title="Embedding size",
        description="Numbers per garment.",
        json_schema_extra=_PAIRS,
    )

    @model_validator(mode="after")
    def _fits(self) -> ModelConfig:
        allowed = {
            "fashionnet": ("small", "resnet50", "vgg16"),
            "mask-rcnn": ("small", "resnet50", "resnet50-v2"),
            "match-rcnn": ("small", "resnet50", "resnet50-v2"),
            "embedding": ("small", "resnet50", "vgg16"),
        }[self.architecture]
        if self.backbone not in allowed:
            raise ValueError(f"{self.architecture} has the backbones {', '.join(allowed)}")
        return self


class DataConfig(_Section):
    """What is learnt from, and how it is held apart from what it is measured on."""

    train: str = Field(
        "split = train", title="Train on", description="A filter, or view:NAME for a saved view."
    )
    validation: str = Field(
        "split = validation",
        title="Validate on",
        description="A filter, or view:NAME. Not used with a split by identity.",
    )
    validation_most: int = Field(
        0,
        ge=0,
        title="Validate at most",
        description="Images looked at after each epoch, spread over all; 0: all of them.",
    )
    split: Literal["dataset", "identity"] = Field(
        "dataset",
        title="Hold out",
        description="dataset: as the two filters say. identity: a share of the identities of the first.",
    )
    validation_share: float = Field(
        0.2,
        gt=0,
        lt=1,
        title="Share held out",
        description="Share of the identities held out for validation.",
    )
    accepted_only: bool = Field(
        False, title="Accepted images only", description="Leave out what nobody has accepted yet."
    )
    image_size: int = Field(
        320,
        ge=64,
        le=2048,
        title="Image size",
        description="Pixels of the longer side for detectors; of the square crop for the others.",
    )
    crop: Literal["square", "stretch"] = Field(
        "square",
        title="Crop",
        description="square keeps the garment's proportions; stretch fits its box into the square.",
        json_schema_extra=_CROPS,
    )
    crop_margin: float = Field(
        0.1,
        ge=0,
        le=1,
        title="Crop margin",
        description="Room around the box, as a share of its longer side.",
        json_schema_extra=_CROPS,
    )
    balance: Literal["none", "category", "attributes"] = Field(
        "none", title="Balance", description="Show what is rare more often."
    )
    workers: int = Field(
        1,
        ge=0,
        le=64,
        title="Loader processes",
        description="Processes that decode pictures. 0: the training process.",
    )


class AugmentConfig(_Section):
    """What is changed at random before a picture is learnt from."""

    flip: float = Field(
        0.5, ge=0, le=1, title="Flip", description="Chance of a left-right flip; landmarks are swapped."
    )
    colour: float = Field(
        0.2, ge=0, le=1, title="Colour", description="Strength of brightness, contrast and hue changes."
    )
    scale: float = Field(
        0.1, ge=0, le=0.5, title="Scale", description="Largest change of size and place, as a share."
    )
    rotation: float = Field(0.0, ge=0, le=45, title="Rotation", description="Largest turn in degrees.")
    erase: float = Field(0.0, ge=0, le=1, title="Erase", description="Chance of hiding a random rectangle.")


class OptimiserConfig(_Section):
    """How the weights are changed."""

    name: Literal["adamw", "sgd"] = Field("adamw", title="Optimiser", description="AdamW needs less tuning.")
    learning_rate: float = Field(5e-4, gt=0, le=10, title="Learning rate", description="At its highest.")
    weight_decay: float = Field(
        1e-4, ge=0, le=1, title="Weight decay", description="Pull of the weights to zero."
    )
    momentum: float = Field(0.9, ge=0, lt=1, title="Momentum", description="For SGD.")
    schedule: Literal["cosine", "step", "constant"] = Field(
        "cosine",
        title="Schedule",
        description="cosine falls to nothing; step falls tenfold after 2/3 and 8/9.",
    )
    warmup: float = Field(
        0.05, ge=0, le=0.5, title="Warm-up", description="Share of the steps in which the rate rises."
    )
    clip: float = Field(10.0, ge=0, title="Gradient limit", description="Largest gradient norm; 0: none.")


class LossConfig(_Section):
    """A weight per loss; 0 leaves a loss out."""

    landmarks: float = Field(
        1.0,
        ge=0,
        title="Landmarks",
        description="Weight of the landmark loss.",
        json_schema_extra={"for": ["fashionnet", "match-rcnn"]},
    )
    occluded: float = Field(
        1.0,
        ge=0,
        title="Occluded landmarks",
        description="Weight of an occluded landmark beside a visible one; the paper has 0.",
        json_schema_extra=_FASHIONNET,
    )
    visibility: float = Field(
        1.0,
        ge=0,
        title="Visibility",
        description="Weight of the visibility loss.",
        json_schema_extra=_FASHIONNET,
    )
    category: float = Field(
        1.0,
        ge=0,
        title="Category",
        description="Weight of the category loss.",
        json_schema_extra={"for": ["fashionnet", "mask-rcnn", "match-rcnn"]},
    )
    attributes: float = Field(
        1.0,
        ge=0,
        title="Attributes",
        description="Weight of the attribute loss.",
        json_schema_extra=_FASHIONNET,
    )
    triplet: float = Field(
        0.1, ge=0, title="Triplet", description="Weight of the pair loss.", json_schema_extra=_FASHIONNET
    )
    box: float = Field(
        1.0, ge=0, title="Boxes", description="Weight of the box loss.", json_schema_extra=_DETECTORS
    )
    mask: float = Field(
        1.0, ge=0, title="Masks", description="Weight of the mask loss.", json_schema_extra=_DETECTORS
    )
    proposals: float = Field(
        1.0,
        ge=0,
        title="Proposals",
        description="Weight of both losses of the proposal network.",
        json_schema_extra=_DETECTORS,
    )
    match: float = Field(
        1.0, ge=0, title="Matching", description="Weight of the pair loss.", json_schema_extra=_MATCH
    )


class StagesConfig(_Section):
    """FashionNet's two alternating stages: first landmarks and visibility, then all that builds on them."""

    rounds: int = Field(
        1,
        ge=1,
        le=20,
        title="Rounds",
        description="How often both stages are gone through.",
        json_schema_extra=_FASHIONNET,
    )
    pose_share: float = Field(
        0.3,
        gt=0,
        lt=1,
        title="Share of the pose stage",
        description="Share of the epochs of a round for landmarks.",
        json_schema_extra=_FASHIONNET,
    )
    pose_factor: float = Field(
        10.0,
        ge=1,
        title="Pose factor",
        description="By how much landmark and visibility losses weigh more in the pose stage.",
        json_schema_extra=_FASHIONNET,
    )


class PairsConfig(_Section):
    """How garments of one identity are brought together."""

    loss: Literal["triplet", "proxy-anchor"] = Field(
        "proxy-anchor", title="Loss", description="Of the embedding.", json_schema_extra=_EMBEDDING
    )
    margin: float = Field(
        0.2, ge=0, le=2, title="Margin", description="Of the triplet loss.", json_schema_extra=_CROPS
    )
    per_identity: int = Field(
        2, ge=2, le=64, title="Garments per identity", description="In one batch.", json_schema_extra=_PAIRS
    )


class TrainingConfig(_Section):
    """How long, how exact and on what."""

    epochs: int = Field(12, ge=1, le=10_000, title="Epochs", description="Times through the training data.")
    max_minutes: float = Field(
        0.0, ge=0, title="Minutes at most", description="Then the run ends as if done. 0: no limit."
    )
    batch: int = Field(
        8, ge=1, le=4096, title="Batch", description="Images (pairs count two) per step, over all devices."
    )
    accumulate: int = Field(
        1, ge=1, le=1024, title="Accumulate", description="Batches per change of the weights."
    )
    precision: Literal["auto", "32", "16-mixed", "bf16-mixed"] = Field(
        "auto", title="Precision", description="auto: bf16 on GPUs that have it, else 32."
    )
    device: str = Field("auto", title="Device", description="auto, cpu, cuda, or cuda:N.")
    devices: int = Field(
        1, ge=1, le=1024, title="Devices", description="Processes on one machine, one a device."
    )
    nodes: int = Field(1, ge=1, le=4096, title="Machines", description="For clusters; see the guide.")
    early_stop: int = Field(
        0, ge=0, le=1000, title="Early stop", description="Epochs without a better figure; 0: never."
    )
    checkpoint_minutes: float = Field(
        2.0, gt=0, title="Save every", description="Minutes between two saved states."
    )
    keep: int = Field(3, ge=1, le=100, title="Keep", description="How many of the best states are kept.")
    samples: int = Field(
        8, ge=0, le=64, title="Samples", description="Pictures with predictions drawn at each epoch."
    )
    seed: int = Field(
        7, ge=0, le=2**31 - 1, title="Seed", description="Same seed, same run on the same machine."
    )
    deterministic: bool = Field(False, title="Deterministic", description="Same bits on every run; slower.")


class RunConfig(_Section):
    """Everything that a training run is told."""

    name: str = Field("", max_length=80, title="Name", description="Of the run and of the model it makes.")
    model: ModelConfig = Field(default_factory=ModelConfig, title="Model")
    data: DataConfig = Field(default_factory=DataConfig, title="Data")
    augment: AugmentConfig = Field(default_factory=AugmentConfig, title="Augmentation")
    optimiser: OptimiserConfig = Field(default_factory=OptimiserConfig, title="Optimiser")
    loss: LossConfig = Field(default_factory=LossConfig, title="Losses")
    stages: StagesConfig = Field(default_factory=StagesConfig, title="Stages")
    pairs: PairsConfig = Field(default_factory=PairsConfig, title="Pairs")
    training: TrainingConfig = Field(default_factory=TrainingConfig, title="Training")
