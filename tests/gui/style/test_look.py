"""Icons, fonts and the style sheet as Qt shows them."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontInfo, QFontMetricsF, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QPushButton, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from resources.theme import LIGHT
from widgets import style
from widgets.common import Button, GhostButton, IconButton, PrimaryButton, SearchField, Section, Segmented


def strongest(picture: QPixmap) -> QColor:
    """The colour of the most opaque pixel."""
    image = picture.toImage()
    spots = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(spots, key=QColor.alpha)


def shows(widget: QWidget, colour: QColor) -> bool:
    """Whether a widget has a pixel of a colour on its outermost edges or just inside."""
    image = widget.grab().toImage()
    middle = image.width() // 2
    return any(
        image.pixelColor(middle, y).rgb() == colour.rgb()
        for y in [*range(4), *range(image.height() - 4, image.height())]
    )


def test_icons_follow_the_theme(qapp: QApplication) -> None:
    made = style.icon("hanger", "acc")
    before = strongest(made.pixmap(24, 24))
    assert (before.red(), before.green(), before.blue()) == pytest.approx(
        style.tokens().acc.getRgb()[:3], abs=12
    )
    style.apply(qapp, "light")
    after = strongest(made.pixmap(24, 24))
    assert (after.red(), after.green(), after.blue()) == pytest.approx(
        style.tokens().acc.getRgb()[:3], abs=12
    )


def test_disabled_and_checked_icons_have_their_own_colours() -> None:
    made = style.icon("square", "t1", on="acc")
    look = style.tokens()
    pairs = (
        (QIcon.Mode.Disabled, QIcon.State.Off, look.dis),
        (QIcon.Mode.Normal, QIcon.State.Off, look.t1),
        (QIcon.Mode.Normal, QIcon.State.On, look.acc),
    )
    for mode, state, wanted in pairs:
        found = strongest(made.pixmap(QSize(24, 24), mode, state))
        assert found.getRgb()[:3] == pytest.approx(wanted.getRgb()[:3], abs=12)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icons_are_drawn_for_the_ratio_of_the_screen(ratio: float) -> None:
    made = style.icon("hanger").pixmap(QSize(20, 20), ratio)
    assert made.size() == QSize(round(20 * ratio), round(20 * ratio))
    assert made.devicePixelRatio() == ratio
    assert style.pixmap("hanger", "t1", 20, ratio).deviceIndependentSize() == QSize(20, 20)


def test_copies_of_an_icon_outlive_it() -> None:
    made = style.icon("hanger")
    copy = QIcon(made)
    copy.addPixmap(QPixmap(4, 4))
    del made
    gc.collect()
    assert not copy.pixmap(16, 16).isNull()


def test_an_unknown_icon_or_token_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        style.icon("no-such-icon")
    with pytest.raises(KeyError):
        style.tokens().colour("no-such-token")


def test_the_bundled_font_is_used_with_tabular_figures() -> None:
    for use in ("body", "strong", "small"):
        font = style.font(use)
        assert QFontInfo(font).family().startswith("Inter Tabular")
        widths = {round(QFontMetricsF(font).horizontalAdvance(figure * 10), 2) for figure in "0123456789"}
        assert len(widths) == 1, use
    regular, strong = (QFontMetricsF(style.font(use)) for use in ("body", "strong"))
    assert regular.horizontalAdvance("garment") < strong.horizontalAdvance("garment")
    mono = QFontMetricsF(style.font("mono"))
    assert mono.horizontalAdvance("iii") == mono.horizontalAdvance("MMM")


def test_a_new_look_is_told_and_reaches_the_palette(qapp: QApplication, qtbot: QtBot) -> None:
    with qtbot.waitSignal(style.changed):
        style.apply(qapp, "light", 1.5, "compact")
    assert style.tokens().theme == "light"
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(LIGHT.bg1)
    assert style.tokens().control == 39
    assert qapp.font().pixelSize() == 20


def test_text_size_stays_between_100_and_200_percent(qapp: QApplication) -> None:
    style.apply(qapp, "dark", 9.0)
    assert style.tokens().scale == 2.0
    style.apply(qapp, "dark", 0.1)
    assert style.tokens().scale == 1.0


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("density", ["comfortable", "compact"])
def test_controls_of_a_row_are_equally_high(
    qapp: QApplication, qtbot: QtBot, scale: float, density: str
) -> None:
    style.apply(qapp, "dark", scale, density)
    controls: list[QWidget] = [
        Button("Button", "flag", "X"),
        PrimaryButton("Main"),
        GhostButton("Ghost"),
        QPushButton("Stock"),
        QLineEdit(),
        QComboBox(),
        SearchField("Find"),
        Segmented([("a", "A"), ("b", "B")]),
    ]
    for control in controls:
        qtbot.addWidget(control)
        control.ensurePolished()
        height = max(control.sizeHint().height(), control.minimumHeight())
        assert height == pytest.approx(style.tokens().control, abs=1), control


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_focus_can_be_seen_on_every_kind_of_control(qapp: QApplication, qtbot: QtBot, theme: str) -> None:
    style.apply(qapp, theme)
    controls: list[QWidget] = [
        Button("Button"),
        GhostButton("Ghost"),
        IconButton("plus", "Add"),
        IconButton("pointer", "Select", look="tool"),
        QLineEdit(),
        QComboBox(),
        QSpinBox(),
        QCheckBox("Tick"),
        SearchField("Find"),
    ]
    for control in controls:
        qtbot.addWidget(control)
        control.resize(120, control.sizeHint().height())
        control.show()
        qtbot.waitExposed(control)
        control.activateWindow()
        control.clearFocus()
        target = control.focusProxy() or control
        target.setFocus()
        qtbot.waitUntil(target.hasFocus)
        assert shows(control, style.tokens().acc), control
        control.close()


def test_the_main_action_shows_its_focus_too(qtbot: QtBot) -> None:
    button = PrimaryButton("Main")
    qtbot.addWidget(button)
    button.show()
    button.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    assert shows(button, style.tokens().t1)


def test_a_section_survives_a_change_of_the_look(qapp: QApplication, qtbot: QtBot) -> None:
    section = Section("Category", "1 on")
    qtbot.addWidget(section)
    before = section.sizeHint().height()
    style.apply(qapp, "light", 2.0)
    section.ensurePolished()
    assert section.sizeHint().height() > before
