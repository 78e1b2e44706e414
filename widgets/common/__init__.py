"""Small parts that every page is built from. They look right in both themes and say their names aloud."""

from widgets.common.bars import ProgressBar, Swatch
from widgets.common.buttons import Button, DangerButton, GhostButton, IconButton, LinkButton, PrimaryButton
from widgets.common.fields import FieldButton, SearchField
from widgets.common.flow import FlowLayout
from widgets.common.frames import Card, FootBar, PageToolbar, SidePanel, hline, surface, vline
from widgets.common.messages import Banner, EmptyState
from widgets.common.section import Section
from widgets.common.segmented import Segment, Segmented
from widgets.common.spin import DoubleSpinBox, SpinBox
from widgets.common.texts import ElidedLabel, IconLabel, KeyHint, Tag, label, set_look, set_state

__all__ = [
    "Banner",
    "Button",
    "Card",
    "DangerButton",
    "DoubleSpinBox",
    "ElidedLabel",
    "EmptyState",
    "FieldButton",
    "FlowLayout",
    "FootBar",
    "GhostButton",
    "IconButton",
    "IconLabel",
    "KeyHint",
    "LinkButton",
    "PageToolbar",
    "PrimaryButton",
    "ProgressBar",
    "SearchField",
    "Section",
    "Segment",
    "Segmented",
    "SidePanel",
    "SpinBox",
    "Swatch",
    "Tag",
    "hline",
    "label",
    "set_look",
    "set_state",
    "surface",
    "vline",
]
