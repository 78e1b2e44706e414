"""Between what a model says and what becomes an edit: proposals, their garments, differences, acceptance."""

from store.proposals.accepting import accept, accept_all
from store.proposals.differing import differences
from store.proposals.making import categories_of, proposals_of
from store.proposals.matching import box_iou, is_crowd, match
from store.proposals.records import Difference, DifferenceKind, Match, Part, Proposal, Source

__all__ = [
    "Difference",
    "DifferenceKind",
    "Match",
    "Part",
    "Proposal",
    "Source",
    "accept",
    "accept_all",
    "box_iou",
    "categories_of",
    "differences",
    "is_crowd",
    "match",
    "proposals_of",
]
