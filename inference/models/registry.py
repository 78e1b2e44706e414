"""Which networks there are, and how one is built from what a manifest or a configuration says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from torch import nn

from inference.models import parity, plugins
from inference.models.detectors import mask_rcnn, match_rcnn
from inference.models.embedding import EmbeddingNet
from inference.models.fashionnet import FashionNet
from inference.models.mmfashion import MMFashionAttributes, MMFashionEmbedding, MMFashionLandmarks
from store.errors import StudioError
from store.runs.config import RunConfig
from store.runs.manifest import ModelCategory, ModelSpec


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network by its name in configurations and manifests.

    ``tasks`` are what it predicts; ``whole_images`` tells detectors from networks that see a garment's crop.
    """

    name: str
    title: str
    backbones: tuple[str, ...]
    tasks: tuple[str, ...]
    whole_images: bool
    build: Callable[[ModelSpec], nn.Module]


def _mask_rcnn(spec: ModelSpec) -> nn.Module:
    made: nn.Module
    if spec.backbone == "resnet50" and any(name in spec.options for name in parity.OPTIONS):
        made = parity.parity_mask_rcnn(len(spec.categories), spec.options)
    else:
        made = mask_rcnn(spec.backbone, len(spec.categories))
    return made


def _match_rcnn(spec: ModelSpec) -> nn.Module:
    counts = tuple(category.landmarks for category in spec.categories)
    made: nn.Module = match_rcnn(spec.backbone, counts, int(spec.options.get("embedding_size", 128)))
    return made


def _fashionnet(spec: ModelSpec) -> nn.Module:
    return FashionNet(spec.backbone, len(spec.categories), len(spec.attributes))


def _embedding(spec: ModelSpec) -> nn.Module:
    return EmbeddingNet(spec.backbone, int(spec.options.get("embedding_size", 128)))


def _mmfashion_attributes(spec: ModelSpec) -> nn.Module:
    categories = len(spec.categories) if spec.options.get("tells_category", True) else 0
    return MMFashionAttributes(spec.backbone, spec.options, categories, len(spec.attributes))


def _mmfashion_embedding(spec: ModelSpec) -> nn.Module:
    return MMFashionEmbedding(spec.backbone, spec.options)


def _mmfashion_landmarks(spec: ModelSpec) -> nn.Module:
    return MMFashionLandmarks(spec.backbone, spec.options)


_PUBLIC = ("vgg16", "resnet50")

_OWN = {
    one.name: one
    for one in (
        Architecture(
            "fashionnet",
            "FashionNet",
            ("small", "resnet50", "vgg16"),
            ("landmarks", "category", "attributes", "embedding"),
            False,
            _fashionnet,
        ),
        Architecture(
            "mask-rcnn",
            "Mask R-CNN",
            ("small", "resnet50", "resnet50-v2"),
            ("boxes", "masks"),
            True,
            _mask_rcnn,
        ),
        Architecture(
            "match-rcnn",
            "Match R-CNN",
            ("small", "resnet50", "resnet50-v2"),
            ("boxes", "masks", "landmarks", "embedding"),
            True,
            _match_rcnn,
        ),
        Architecture(
            "embedding", "Embedding", ("small", "resnet50", "vgg16"), ("embedding",), False, _embedding
        ),
        Architecture(
            "mmfashion-attribute",
            "MMFashion attributes",
            _PUBLIC,
            ("category", "attributes", "embedding"),
            False,
            _mmfashion_attributes,
        ),
        Architecture(
            "mmfashion-embedding",
            "MMFashion embedding",
            _PUBLIC,
            ("embedding",),
            False,
            _mmfashion_embedding,
        ),
        Architecture(
            "mmfashion-landmark",
            "MMFashion landmarks",
            _PUBLIC,
            ("landmarks",),
            False,
            _mmfashion_landmarks,
        ),
    )
}


class _Architectures(Mapping[str, Architecture]):
    """Our networks, and those of installed packages; a package is imported when its network is asked for."""

    def __init__(self) -> None:
        self._loaded: dict[str, Architecture] = {}

    def __getitem__(self, name: str) -> Architecture:
        """KeyError where there is none of this name; StudioError where a package's cannot be used."""
        if name in _OWN:
            return _OWN[name]
        if name not in self._loaded:
            plugin = plugins.load(plugins.found()[name])
            self._loaded[name] = Architecture(
                name,
                plugin.title,
                tuple(plugin.backbones),
                tuple(plugin.tasks),
                plugin.whole_images,
                plugin.build,
            )
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        yield from _OWN
        yield from (name for name in plugins.found() if name not in _OWN)

    def __len__(self) -> int:
        return len(set(_OWN) | set(plugins.found()))


ARCHITECTURES: Mapping[str, Architecture] = _Architectures()


def architecture(name: str) -> Architecture:
    """A network by its name; StudioError that lists those there are."""
    try:
        return ARCHITECTURES[name]
    except KeyError:
        raise StudioError(
            f"There is no network {name!r}.", f"There are {', '.join(ARCHITECTURES)}."
        ) from None


def build(spec: ModelSpec) -> nn.Module:
    """A new network with random weights (seed torch before). StudioError where there is no such network."""
    kind = architecture(spec.architecture)
    if spec.backbone not in kind.backbones:
        raise StudioError(
            f"{kind.title} has no backbone {spec.backbone!r}.", f"It has {', '.join(kind.backbones)}."
        )
    return kind.build(spec)


def spec_for(
    config: RunConfig, categories: Sequence[ModelCategory], attributes: Sequence[str] = ()
) -> ModelSpec:
    """What a run builds: its network for these categories and attributes."""
    name = config.model.architecture
    tasks = ARCHITECTURES[name].tasks
    schema = {"match-rcnn": "own", "fashionnet": "fashion8"}.get(name, "")
    options: dict[str, int | float | str] = {}
    if name in ("match-rcnn", "embedding"):
        options["embedding_size"] = config.model.embedding_size
    if not ARCHITECTURES[name].whole_images:
        options |= {"crop_margin": config.data.crop_margin, "crop": config.data.crop}
    return ModelSpec(
        architecture=name,
        backbone=config.model.backbone,
        categories=tuple(categories),
        attributes=tuple(attributes) if "attributes" in tasks else (),
        schema=schema,
        input_size=config.data.image_size,
        options=options,
    )
