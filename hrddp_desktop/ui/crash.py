"""What is shown when the app itself has a fault: what happened, that the record is safe, a text to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit

from hrddp_desktop.ui import theme
from hrddp_desktop.ui.parts import Button, Text, column, row

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hrddp_desktop.i18n import Words


class CrashDialog(QDialog):
    """Deletes itself when closed. The text holds places in the program, never an answer."""

    def __init__(self, report: str, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crash")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(words("A fault in the app"))
        self._text = QPlainTextEdit(report, self)
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setAccessibleName(words("Technical report"))
        copy = Button(words("Copy the report"), self)
        close = Button(words("Close"), self, kind="primary")
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.accept)
        buttons = row()
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = column(gap=theme.UNIT + theme.HALF, margin=3 * theme.UNIT)
        layout.addWidget(Text(words("The app made a mistake; it was not you."), self, size=1.2, strong=True))
        layout.addWidget(
            Text(
                words(
                    "Every answer that was saved is safe in the vault. You can go on; if it happens again, close the "
                    "app and open it anew. The report below holds none of your answers: please copy it and send it to "
                    "those who look after the app."
                ),
                self,
            )
        )
        layout.addWidget(self._text, 1)
        layout.addLayout(buttons)
        self.setLayout(layout)
        self.resize(theme.columns(self, 84), theme.em(self, 22))

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text.toPlainText())
