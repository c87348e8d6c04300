"""The system's file dialogs, opened without stopping the window; a test hands in another asker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from hrddp_desktop.i18n import Words


class Asker(QObject):
    """Asks for one file at a time. Signals: named(purpose, path)."""

    named = Signal(str, str)

    def __init__(self, parent: QWidget, words: Words) -> None:
        super().__init__(parent)
        self._window = parent
        self._words = words
        self._purpose = ""
        self._dialog: QFileDialog | None = None

    def ask_to_save(self, purpose: str, title: str, name: str) -> None:
        """Ask where to save a PDF; the answer comes as `named`."""
        dialog = self._open(purpose, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(name)
        dialog.open()

    def ask_to_open(self, purpose: str, title: str) -> None:
        """Ask for an existing PDF."""
        dialog = self._open(purpose, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.open()

    def ask_for_folder(self, purpose: str, title: str) -> None:
        """Ask for an existing folder."""
        dialog = self._open(purpose, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def ask_for_any(self, purpose: str, title: str) -> None:
        """Ask for an existing file of any kind."""
        dialog = self._open(purpose, title)
        dialog.setNameFilters([])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.open()

    def ask_to_save_any(self, purpose: str, title: str, name: str) -> None:
        """Ask where to save a file of any kind."""
        dialog = self._open(purpose, title)
        dialog.setNameFilters([])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.selectFile(name)
        dialog.open()

    def show_folder(self, file: Path) -> None:
        """Open the folder of a file in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.parent)))

    def _open(self, purpose: str, title: str) -> QFileDialog:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._purpose = purpose
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._dialog = QFileDialog(self._window, title, documents or str(Path.home()))
        self._dialog.setNameFilter(self._words("PDF documents") + " (*.pdf)")
        self._dialog.fileSelected.connect(self._tell)
        return self._dialog

    @Slot(str)
    def _tell(self, path: str) -> None:
        if path:
            self.named.emit(self._purpose, path)
