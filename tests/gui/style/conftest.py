"""Every test here starts in the dark theme and leaves it so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from widgets import style


@pytest.fixture(autouse=True)
def dark(qapp: QApplication) -> Iterator[None]:
    style.apply(qapp, "dark")
    yield
    style.apply(qapp, "dark")
