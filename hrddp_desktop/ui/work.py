"""Slow work beside the window: rendering, signing, checking. A worker gets frozen data, never a widget or the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRunnable, QThreadPool, Signal, Slot

from hrddp_desktop.errors import HrddpError

if TYPE_CHECKING:
    from collections.abc import Callable

_DRAIN_MS = 30_000


class Job(QObject):
    """One piece of work. Signals: done(result); failed(error). Owned by its Work, not by the pool thread."""

    done = Signal(object)
    failed = Signal(object)
    ended = Signal()


class Work(QObject):
    """Starts jobs and keeps each until it has reported, so that none dies on a pool thread. Drain before widgets go."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._kept: dict[Job, _Run] = {}

    def start(self, call: Callable[[], object], done: Callable[..., None], failed: Callable[..., None]) -> None:
        """Run `call` beside the window; `done(result)` or `failed(error)` follows on the window's thread.

        `done` and `failed` are slots of QObjects: a receiver that is gone by then is not called.
        """
        job = Job(self)
        job.done.connect(done)
        job.failed.connect(failed)
        job.ended.connect(self._forget)
        self._kept[job] = run = _Run(call, job)
        self._pool.start(run)

    def drain(self) -> None:
        """Wait for what is under way."""
        self._pool.waitForDone(_DRAIN_MS)

    def finish(self) -> None:
        """Wait for what is under way and hand its results over now, while those who asked for them are there.

        A result may start the next piece of work, which is waited for too. What takes too long is left to itself.
        """
        while self._kept and self._pool.waitForDone(_DRAIN_MS):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.MetaCall.value)

    @Slot()
    def _forget(self) -> None:
        job = self.sender()
        if isinstance(job, Job):
            self._kept.pop(job, None)
            job.deleteLater()


class _Run(QRunnable):
    def __init__(self, call: Callable[[], object], job: Job) -> None:
        super().__init__()
        self.setAutoDelete(False)
        self._call = call
        self._job = job

    def run(self) -> None:
        call = self._call
        # The pool may keep what has run for as long as it lives: it must hold no passphrase and no answers then.
        del self._call
        try:
            result = call()
        except HrddpError as error:
            # It is shown, not raised: the frames that it passed, with what they held, are not kept with it.
            error.__traceback__ = error.__cause__ = error.__context__ = None
            self._job.failed.emit(error)
        except Exception as error:  # noqa: BLE001  # carried to the window's thread, which raises it
            self._job.failed.emit(error)
        else:
            self._job.done.emit(result)
        self._job.ended.emit()
