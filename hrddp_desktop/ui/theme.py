"""Colours, type and spacing of the window: Fusion, two palettes and a short style sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from hrddp_desktop import paths

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

# The 8 px grid. Qt scales these by the screen's factor; whatever holds text is measured from the font instead.
HALF = 4
UNIT = 8
_FONT_FILES = (
    "NotoSans-Regular.ttf",
    "NotoSans-Bold.ttf",
    "NotoSansArabicUI-Regular.ttf",
    "NotoSansArabicUI-Bold.ttf",
)
_FAMILIES = ("Noto Sans", "Noto Sans Arabic UI", "Noto Sans Arabic")
_POINTS = 10.5


class Tones(NamedTuple):
    """Every colour of the window, by what it means. A named tuple: a dataclass this wide costs the first paint 5 ms."""

    ink: str
    muted: str
    paper: str
    ground: str
    line: str
    edge: str
    accent: str
    on_accent: str
    soft: str
    good: str
    mitigated: str
    warn: str
    stop: str
    stop_soft: str
    open: str


LIGHT = Tones(
    ink="#1B2430", muted="#55606E", paper="#FFFFFF", ground="#F4F6F8", line="#D5DBE1", edge="#8793A1",
    accent="#0B5FA5", on_accent="#FFFFFF", soft="#E4EEF7", good="#1E6B3A", mitigated="#0F6A73", warn="#8A5A00",
    stop="#9B1C1C", stop_soft="#FBEDED", open="#55606E",
)  # fmt: skip
DARK = Tones(
    ink="#E6EBF0", muted="#A7B3C0", paper="#1A212A", ground="#12181F", line="#35414E", edge="#748292",
    accent="#7DB9EE", on_accent="#0C1722", soft="#22344A", good="#7FCB9A", mitigated="#76C9D1", warn="#E5B65C",
    stop="#F2A0A0", stop_soft="#3A2226", open="#A7B3C0",
)  # fmt: skip


def tones() -> Tones:
    """The tones that the application wears now; nobody has to hand a theme along.

    Asked of the application's palette: a style sheet writes its own colours into the palettes of widgets.
    """
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def palette_of(t: Tones) -> QPalette:
    """The Qt palette of these tones; what the style sheet does not name follows it."""
    role = QPalette.ColorRole
    made = QPalette()
    for where, colour in (
        (role.Window, t.ground), (role.WindowText, t.ink), (role.Base, t.paper), (role.AlternateBase, t.ground),
        (role.Text, t.ink), (role.Button, t.paper), (role.ButtonText, t.ink), (role.BrightText, t.stop),
        (role.Highlight, t.accent), (role.HighlightedText, t.on_accent), (role.Link, t.accent),
        (role.LinkVisited, t.accent), (role.ToolTipBase, t.paper), (role.ToolTipText, t.ink),
        (role.PlaceholderText, t.muted), (role.Mid, t.line), (role.Midlight, t.line), (role.Dark, t.edge),
        (role.Light, t.paper), (role.Accent, t.accent),
    ):  # fmt: skip
        made.setColor(where, QColor(colour))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(t.edge))
    return made


def style_sheet(t: Tones) -> str:
    """The few rules that the palette cannot say. Rules name object properties, never pages."""
    return f"""
    QLabel[tone="muted"] {{ color: {t.muted}; }}
    QLabel[tone="stop"] {{ color: {t.stop}; }}
    QLabel[tone="warn"] {{ color: {t.warn}; }}
    QLabel[tone="good"] {{ color: {t.good}; }}
    QLabel[tone="accent"] {{ color: {t.accent}; }}
    QFrame[surface="paper"], QWidget[surface="paper"] {{ background: {t.paper}; }}
    QFrame[surface="card"] {{ background: {t.paper}; border: 1px solid {t.line}; border-radius: 6px; }}
    QFrame[surface="soft"] {{ background: {t.soft}; border-radius: 6px; }}
    QFrame[surface="stop"] {{ background: {t.stop_soft}; border-radius: 6px; }}
    QFrame[surface="ground"] {{ background: {t.ground}; border: 1px solid {t.line}; border-radius: 6px; }}
    QFrame[rule="true"] {{ background: {t.line}; border: none; }}
    QLineEdit, QPlainTextEdit {{ background: {t.paper}; border: 1px solid {t.edge}; border-radius: 4px;
        padding: 5px 8px; selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {t.accent}; padding: 4px 7px; }}
    QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {{ border: 2px solid {t.stop}; padding: 4px 7px; }}
    QPushButton {{ background: {t.paper}; color: {t.ink}; border: 1px solid {t.edge}; border-radius: 4px;
        padding: 6px 16px; }}
    QPushButton:hover {{ background: {t.soft}; }}
    QPushButton:focus {{ border: 2px solid {t.accent}; padding: 5px 15px; }}
    QPushButton:disabled {{ color: {t.edge}; border-color: {t.line}; }}
    QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent}; }}
    QPushButton[kind="primary"]:focus {{ border: 2px solid {t.ink}; }}
    QPushButton[kind="primary"]:disabled {{ background: {t.line}; border-color: {t.line}; color: {t.muted}; }}
    QPushButton[kind="quiet"] {{ background: transparent; color: {t.accent}; border: 1px solid transparent;
        padding: 4px 8px; }}
    QPushButton[kind="quiet"]:hover {{ background: {t.soft}; }}
    QPushButton[kind="quiet"]:focus {{ border: 2px solid {t.accent}; padding: 3px 7px; }}
    QPushButton[kind="quiet"]:checked {{ background: {t.soft}; }}
    QPushButton[kind="quiet"]:disabled {{ color: {t.edge}; }}
    QPushButton[kind="link"] {{ background: transparent; color: {t.accent}; border: 2px solid transparent;
        border-radius: 4px; padding: 2px 2px; text-align: left; }}
    QPushButton[kind="link"]:hover {{ background: {t.soft}; }}
    QPushButton[kind="link"]:focus {{ border: 2px solid {t.accent}; }}
    QListView, QTableView {{ background: {t.paper}; border: 2px solid {t.line}; border-radius: 4px; outline: 0;
        selection-background-color: {t.soft}; selection-color: {t.ink}; }}
    QListView:focus, QTableView:focus {{ border: 2px solid {t.accent}; }}
    QTableView::item {{ padding: 0 8px; border: none; }}
    QTableView::item:selected {{ background: {t.soft}; color: {t.ink}; }}
    QListView[surface="bare"] {{ background: transparent; border: 2px solid transparent; }}
    QListView[surface="bare"]:focus {{ border: 2px solid {t.accent}; }}
    QHeaderView::section {{ background: {t.paper}; color: {t.muted}; border: none; border-bottom: 1px solid {t.line};
        padding: 6px 11px; }}
    QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {t.paper}; }}
    QCalendarWidget QToolButton {{ background: transparent; color: {t.ink}; border: 2px solid transparent;
        border-radius: 4px; padding: 4px 8px; }}
    QCalendarWidget QToolButton:hover {{ background: {t.soft}; }}
    QCalendarWidget QToolButton:focus {{ border-color: {t.accent}; }}
    QCalendarWidget QToolButton::menu-indicator {{ image: none; }}
    QCalendarWidget QTableView {{ border: none; selection-background-color: {t.accent};
        selection-color: {t.on_accent}; }}
    QCalendarWidget QTableView::item {{ padding: 0; }}
    QCalendarWidget QTableView::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
    QScrollArea {{ border: none; background: transparent; }}
    QScrollArea[surface="sheet"] {{ background: {t.paper}; border: 2px solid {t.line}; border-radius: 4px; }}
    QScrollArea[surface="sheet"]:focus {{ border: 2px solid {t.accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {t.edge}; border-radius: 3px; min-height: 32px; margin: 2px 3px; }}
    QScrollBar::handle:vertical:hover {{ background: {t.muted}; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
    QSplitter::handle {{ background: {t.line}; }}
    QToolTip {{ color: {t.ink}; background: {t.paper}; border: 1px solid {t.line}; }}
    """


class Theme(QObject):
    """Keeps the application dressed as the system asks, light or dark; owned by the application's root."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(_font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.dress)
        self.dress()

    @Slot()
    def dress(self) -> None:
        """Put on the palette of the system's colour scheme."""
        dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.wear(DARK if dark else LIGHT)

    def wear(self, chosen: Tones) -> None:
        """Put on these tones, whatever the system says."""
        self._app.setPalette(palette_of(chosen))
        self._app.setStyleSheet(style_sheet(chosen))


def _font() -> QFont:
    folder = paths.resources_dir() / "fonts"
    for name in _FONT_FILES:
        if (folder / name).is_file():
            QFontDatabase.addApplicationFont(str(folder / name))
    font = QFont(list(_FAMILIES))
    font.setPointSizeF(max(_POINTS, QApplication.font().pointSizeF()))
    return font


def em(widget: QWidget, count: float) -> int:
    """`count` times the height of a text line of this widget, in pixels."""
    return round(QFontMetrics(widget.font()).height() * count)


def columns(widget: QWidget, count: int) -> int:
    """The width of `count` average characters of this widget's font, in pixels."""
    return QFontMetrics(widget.font()).averageCharWidth() * count


def sized(font: QFont, factor: float, *, strong: bool = False) -> QFont:
    """The same font `factor` times as large, semi-bold when it carries weight."""
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    if strong:
        made.setWeight(QFont.Weight.DemiBold)
    return made
