"""Between what a model says and what becomes an edit: proposals, their garments, differences, acceptance."""

from store.proposals.accepting import accept
from store.proposals.differing import differences
from store.proposals.making import categories_of, proposals_of
from store.proposals.matching import box_iou, is_crowd, match, not_doubled
from store.proposals.records import Difference, DifferenceKind, Match, Part, Proposal, Source
from store.proposals.taking_all import AllAccepted, accept_all

__all__ = [
    "AllAccepted",
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
    "not_doubled",
    "proposals_of",
]
