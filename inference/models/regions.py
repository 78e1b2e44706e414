"""The regions' part of Mask R-CNN and Match R-CNN, on torchvision's :class:`RoIHeads`.

Beside boxes and masks there may be landmarks and a vector for matching. What a garment does not have (an
empty mask, no landmark, no identity) is left out of that loss and of no other.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional
from torchvision.models.detection.mask_rcnn import MaskRCNN
from torchvision.models.detection.roi_heads import (
    RoIHeads,
    fastrcnn_loss,
    maskrcnn_inference,
    project_masks_on_boxes,
)
from torchvision.models.detection.transform import GeneralizedRCNNTransform

from inference.models.backbones import MEAN, STD
from inference.models.heads import LandmarkHead, MatchingHead, matching_loss
from inference.models.landmark_maps import decode, encode, enlarged, landmark_loss, own_maps

#: Landmarks lie outside of the box now and then; in its own region such a one could not be learnt.
ENLARGED = 1.25

Targets = list[dict[str, Tensor]]
Shapes = list[tuple[int, int]]


class GarmentRegions(RoIHeads):  # type: ignore[misc]
    """torchvision's heads with landmarks and matching, made from those of a finished Mask R-CNN.

    In training the losses are ``loss_classifier loss_box_reg loss_mask loss_landmarks loss_match``; else each
    image has ``boxes (n, 4)``, ``labels (n,)``, ``scores (n,)``, ``masks (n, 1, 28, 28)`` in 0..1 over the
    box and, where there are such heads, ``landmarks (n, 39, 3)`` x y score and ``embeddings (n, E)``.
    """

    def __init__(
        self,
        base: RoIHeads,
        landmarks: LandmarkHead | None = None,
        matching: MatchingHead | None = None,
        most_regions: int | None = None,
    ) -> None:
        torch.nn.Module.__init__(self)
        self.__dict__.update({key: value for key, value in base.__dict__.items() if not key.startswith("_")})
        for name, part in base.named_children():
            self.add_module(name, part)
        for name in ("keypoint_roi_pool", "keypoint_head", "keypoint_predictor"):
            setattr(self, name, None)
        self.landmark_head = landmarks
        self.matching_head = matching
        self.most_regions = most_regions

    def forward(
        self,
        features: dict[str, Tensor],
        proposals: list[Tensor],
        image_shapes: Shapes,
        targets: Targets | None = None,
    ) -> tuple[list[dict[str, Tensor]], dict[str, Tensor]]:
        if self.training:
            if targets is None:
                raise ValueError("training needs targets")
            return [], self._losses(features, proposals, image_shapes, targets)
        return self._detections(features, proposals, image_shapes), {}

    # ------------------------------------------------------------------ training

    def _losses(
        self, features: dict[str, Tensor], proposals: list[Tensor], shapes: Shapes, targets: Targets
    ) -> dict[str, Tensor]:
        proposals, matched, labels, regression = self.select_training_samples(proposals, targets)
        scores, moves = self.box_predictor(self.box_head(self.box_roi_pool(features, proposals, shapes)))
        classifier, box_reg = fastrcnn_loss(scores, moves, labels, regression)
        losses = {"loss_classifier": classifier, "loss_box_reg": box_reg}
        found = [self._chosen(torch.where(label > 0)[0]) for label in labels]
        regions = [boxes[rows] for boxes, rows in zip(proposals, found, strict=True)]
        own = [match[rows] for match, rows in zip(matched, found, strict=True)]
        kinds = torch.cat([target["labels"][rows] for target, rows in zip(targets, own, strict=True)])
        losses["loss_mask"] = self._mask_loss(features, regions, shapes, targets, own, kinds)
        if self.landmark_head is not None:
            losses["loss_landmarks"] = self._landmark_loss(features, regions, shapes, targets, own, kinds)
        if self.matching_head is not None:
            losses["loss_match"] = self._match_loss(features, shapes, targets)
        return losses

    def _chosen(self, rows: Tensor) -> Tensor:
        """Some of an image's regions at random, where masks and landmarks are not to be learnt from all."""
        if self.most_regions is None or len(rows) <= self.most_regions:
            return rows
        return rows[torch.randperm(len(rows), device=rows.device)[: self.most_regions]]

    def _mask_loss(
        self,
        features: dict[str, Tensor],
        regions: list[Tensor],
        shapes: Shapes,
        targets: Targets,
        own: list[Tensor],
        kinds: Tensor,
    ) -> Tensor:
        logits: Tensor = self.mask_predictor(self.mask_head(self.mask_roi_pool(features, regions, shapes)))
        has = torch.cat(
            [target["masks"].flatten(1).any(dim=1)[rows] for target, rows in zip(targets, own, strict=True)]
        )
        wanted = torch.cat(
            [
                project_masks_on_boxes(target["masks"], boxes, rows, logits.shape[-1])
                for target, boxes, rows in zip(targets, regions, own, strict=True)
            ]
        )
        rows = torch.where(has)[0]
        if len(rows) == 0:
            return logits.sum() * 0
        chosen: Tensor = logits[rows, kinds[rows]].float()
        loss: Tensor = functional.binary_cross_entropy_with_logits(chosen, wanted[rows].float())
        return loss

    def _landmark_loss(
        self,
        features: dict[str, Tensor],
        regions: list[Tensor],
        shapes: Shapes,
        targets: Targets,
        own: list[Tensor],
        kinds: Tensor,
    ) -> Tensor:
        assert self.landmark_head is not None
        places = torch.cat([target["landmarks"][rows] for target, rows in zip(targets, own, strict=True)])
        # The longest of these categories may be shorter than what the batch was padded to.
        places = places[:, : self.landmark_head.layout.longest]
        wide = [enlarged(boxes, ENLARGED) for boxes in regions]
        logits = self.landmark_head.of_labels(self.mask_roi_pool(features, wide, shapes), kinds).float()
        wanted, valid = encode(places.float(), torch.cat(wide).float(), logits.shape[-1])
        if not bool(valid.any()):
            return logits.sum() * 0 + self.landmark_head.nothing()
        # Several processes wait for each other's gradients of all channels, also of absent categories.
        return landmark_loss(logits, wanted, valid) + self.landmark_head.nothing()

    def _match_loss(self, features: dict[str, Tensor], shapes: Shapes, targets: Targets) -> Tensor:
        assert self.matching_head is not None
        vectors = self.match_features(features, [target["boxes"] for target in targets], shapes)
        identities = torch.cat([target["identities"] for target in targets])
        images = torch.cat(
            [torch.full_like(target["identities"], index) for index, target in enumerate(targets)]
        )
        return matching_loss(self.matching_head, vectors, identities, images)

    # ------------------------------------------------------------------ detection

    def _detections(
        self, features: dict[str, Tensor], proposals: list[Tensor], shapes: Shapes
    ) -> list[dict[str, Tensor]]:
        scores, moves = self.box_predictor(self.box_head(self.box_roi_pool(features, proposals, shapes)))
        boxes, best, labels = self.postprocess_detections(scores, moves, proposals, shapes)
        found = [
            {"boxes": one, "labels": kind, "scores": score}
            for one, kind, score in zip(boxes, labels, best, strict=True)
        ]
        counts = [len(one) for one in boxes]
        logits = self.mask_predictor(self.mask_head(self.mask_roi_pool(features, boxes, shapes)))
        for one, masks in zip(found, maskrcnn_inference(logits, labels), strict=True):
            one["masks"] = masks
        if self.landmark_head is not None:
            for one, part in zip(found, self.landmarks_in(features, boxes, labels, shapes), strict=True):
                one["landmarks"] = part
        if self.matching_head is not None:
            vectors = self.match_features(features, boxes, shapes)
            for one, part in zip(found, torch.split(vectors, counts), strict=True):
                one["embeddings"] = part
        return found

    def landmarks_in(
        self, features: dict[str, Tensor], boxes: list[Tensor], labels: list[Tensor], shapes: Shapes
    ) -> tuple[Tensor, ...]:
        """The landmarks ``(n, 39, 3)`` x y score in boxes ``(n, 4)`` of garments with these labels, by
        image."""
        if self.landmark_head is None:
            raise ValueError("this network has no landmark head")
        wide = [enlarged(one, ENLARGED) for one in boxes]
        maps = self.landmark_head.of_labels(self.mask_roi_pool(features, wide, shapes), torch.cat(labels))
        places = decode(own_maps(maps.float()), torch.cat(wide))
        parts: tuple[Tensor, ...] = torch.split(places, [len(one) for one in boxes])
        return parts

    def match_features(self, features: dict[str, Tensor], boxes: list[Tensor], shapes: Shapes) -> Tensor:
        """(n, E): the vectors for matching of all boxes of all images, one after the other."""
        if self.matching_head is None:
            raise ValueError("this network has no matching head")
        found: Tensor = self.matching_head(self.mask_roi_pool(features, boxes, shapes))
        return found


class UnresizedTransform(GeneralizedRCNNTransform):  # type: ignore[misc]
    """Normalises and pads. Sizes are the loader's affair, and masks stay as they are over their boxes."""

    def __init__(self) -> None:
        super().__init__(0, 0, list(MEAN), list(STD))

    def resize(
        self, image: Tensor, target: dict[str, Tensor] | None = None
    ) -> tuple[Tensor, dict[str, Tensor] | None]:
        return image, target

    def postprocess(
        self,
        result: list[dict[str, Tensor]],
        image_shapes: Shapes,  # noqa: ARG002
        original_image_sizes: Shapes,  # noqa: ARG002
    ) -> list[dict[str, Tensor]]:
        return result


def with_regions(
    network: MaskRCNN,
    landmarks: LandmarkHead | None = None,
    matching: MatchingHead | None = None,
    most_regions: int | None = None,
) -> MaskRCNN:
    """A finished Mask R-CNN with these heads, for images that already have their size.

    ``most_regions``: masks and landmarks are learnt from so many regions an image; None: all that were
    sampled.
    """
    network.roi_heads = GarmentRegions(network.roi_heads, landmarks, matching, most_regions)
    network.transform = UnresizedTransform()
    return network
