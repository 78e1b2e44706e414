"""Number fields. A style sheet cannot give a spin box padding, so these bring their own."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSizePolicy, QSpinBox

from widgets import style


def _pad(box: QAbstractSpinBox) -> None:
    box.lineEdit().setTextMargins(style.tokens().px(7), 0, 0, 0)


class SpinBox(QSpinBox):
    """A whole number. ``caption`` stands before it inside the field ("pair 2417")."""

    def __init__(
        self, minimum: int = 0, maximum: int = 99, value: int = 0, *, caption: str = "", name: str = ""
    ) -> None:
        super().__init__()
        self.setRange(minimum, maximum)
        self.setValue(value)
        self.setPrefix(f"{caption}\u2002" if caption else "")
        self.setAccessibleName(name or caption)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        _pad(self)
        style.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), style.tokens().control)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), style.tokens().control)

    def _restyle(self) -> None:
        _pad(self)
        self.updateGeometry()


class DoubleSpinBox(QDoubleSpinBox):
    """A number with decimals; see :class:`SpinBox`."""

    def __init__(
        self, minimum: float = 0, maximum: float = 1, value: float = 0, *, caption: str = "", name: str = ""
    ) -> None:
        super().__init__()
        self.setRange(minimum, maximum)
        self.setValue(value)
        self.setPrefix(f"{caption}\u2002" if caption else "")
        self.setAccessibleName(name or caption)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        _pad(self)
        style.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), style.tokens().control)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), style.tokens().control)

    def _restyle(self) -> None:
        _pad(self)
        self.updateGeometry()
