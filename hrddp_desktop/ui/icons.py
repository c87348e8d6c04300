"""The icons: SVG files of one set, drawn in the colour of the text around them, mirrored where they point."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from hrddp_desktop import paths
from hrddp_desktop.ui.theme import Tones, em, tones


class Shape(Enum):
    """A shape that carries meaning beside its word: (file, name of the tone)."""

    GOOD = ("circle-check", "good")
    MITIGATED = ("shield-check", "mitigated")
    WARN = ("triangle-alert", "warn")
    STOP = ("octagon-x", "stop")
    OPEN = ("circle-dashed", "open")
    NONE = ("circle-minus", "muted")
    EMPTY = ("circle", "edge")
    PART = ("circle-dot", "accent")
    LATER = ("clock", "muted")
    INFO = ("info", "accent")
    ASK = ("circle-help", "mitigated")

    @property
    def file(self) -> str:
        """The name of the SVG file."""
        return self.value[0]

    def colour(self, worn: Tones) -> str:
        """The colour of the shape in these tones."""
        return str(getattr(worn, self.value[1]))


def shape_pixmap(shape: Shape, worn: Tones, size: int) -> QPixmap:
    """A shape as a picture of `size` logical pixels."""
    return pixmap(shape.file, shape.colour(worn), size)


def icon(name: str, colour: str) -> QIcon:
    """A drawn icon for a button."""
    made = QIcon()
    for size in (16, 20, 24, 32):
        made.addPixmap(pixmap(name, colour, size))
    return made


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """The icon `name` in `colour`, sharp at the factor of the sharpest screen."""
    # QtSvg costs the first paint some milliseconds; the first screen shows no icon.
    from PySide6.QtSvg import QSvgRenderer

    factor = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    made = QPixmap(QSize(round(size * factor), round(size * factor)))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode())).render(
        painter, QRectF(0, 0, made.width(), made.height())
    )
    painter.end()
    made.setDevicePixelRatio(factor)
    return made


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return (paths.resources_dir() / "icons" / f"{name}.svg").read_text("utf-8")


class ShapeLabel(QLabel):
    """A meaning as a shape; the word for it stands beside it, so a screen reader skips this one."""

    def __init__(self, parent: QWidget | None = None, *, lines: float = 1.0) -> None:
        super().__init__(parent)
        self._shape: Shape | None = None
        self._lines = lines

    @property
    def shape(self) -> Shape | None:
        """What is shown now."""
        return self._shape

    def show_shape(self, shape: Shape) -> None:
        """Show another shape."""
        self._shape = shape
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Draw again in the colours of the new palette."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._draw()

    def _draw(self) -> None:
        if self._shape is not None:
            size = em(self, self._lines)
            self.setFixedSize(size, size)
            self.setPixmap(shape_pixmap(self._shape, tones(), size))
