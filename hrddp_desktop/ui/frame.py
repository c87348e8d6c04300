"""The frame of the one window: a screen at a time, the language, the settings, the first paint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from hrddp_desktop import paths, settings
from hrddp_desktop.errors import HrddpError
from hrddp_desktop.i18n import words
from hrddp_desktop.ui.work import Work

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

_WIDTH, _HEIGHT = 1180, 760
_LEAST_WIDTH, _LEAST_HEIGHT = 800, 480


class Frame(QMainWindow):
    """Shows whatever screen it is given; it knows nothing of vaults.

    Signals: painted() once, after the first paint.
    """

    painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("window")
        self._settings = settings.load(paths.settings_file())
        self._painted = False
        self.words = words(self._settings.language)
        self.work = Work(self)
        self._stack = QStackedWidget(self)
        self.setCentralWidget(self._stack)
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)
        self.resize(_WIDTH, _HEIGHT)
        self._speak()

    def screen_shown(self) -> QWidget | None:
        """The screen that is shown."""
        return self._stack.currentWidget()

    def _show(self, screen: QWidget) -> None:
        old = self._stack.currentWidget()
        self._stack.addWidget(screen)
        self._stack.setCurrentWidget(screen)
        if old is not None:
            self._stack.removeWidget(old)
            old.hide()
            old.deleteLater()

    def _say(self, error: HrddpError) -> None:
        screen = self.screen_shown()
        message = getattr(screen, "message", None)
        if message is not None:
            message.show_error(error)

    def _speak(self) -> None:
        direction = Qt.LayoutDirection.RightToLeft if self.words.right_to_left else Qt.LayoutDirection.LeftToRight
        QApplication.setLayoutDirection(direction)
        self.setWindowTitle(self.words("HRDDP Desktop"))

    def _remember(self, language: str) -> None:
        self._settings = self._settings.but(language=language)
        settings.save(self._settings, paths.settings_file())

    def _set(self, **changes: object) -> None:
        self._settings = self._settings.but(**changes)
        try:
            settings.save(self._settings, paths.settings_file())
        except HrddpError as error:
            self._say(error)

    @Slot(object)
    def _drop_result(self, _result: object) -> None:
        pass

    @Slot(object)
    def _drop_trouble(self, error: Exception) -> None:
        """A vault that just cannot be looked over (in use, no room) is looked over at the next opening."""
        if not isinstance(error, HrddpError):
            raise error

    def showEvent(self, event: QShowEvent) -> None:
        """Never larger than the screen."""
        super().showEvent(event)
        # The main window itself is never painted: its screens cover it.
        self.windowHandle().installEventFilter(self)
        room = self.screen().availableGeometry()
        self.resize(min(self.width(), room.width()), min(self.height(), room.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell once that the first paint is done: it follows the first exposure at once."""
        if event.type() == QEvent.Type.Expose and not self._painted:
            self._painted = True
            QTimer.singleShot(0, self, self.painted.emit)
        return super().eventFilter(watched, event)
