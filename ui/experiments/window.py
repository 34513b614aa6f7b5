"""The window of experiments, beside the training: runs compared in lockstep, sweeps, pretrained networks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from playground.errors import PlaygroundError
from playground.experiments.recording import Recording
from playground.experiments.table import write_csv
from playground.own_data.image_set import ImageSet
from playground.settings import Settings
from ui.banner import Banner
from ui.experiments.compare_page import ComparePage
from ui.experiments.sweep_page import SweepPage
from ui.file_dialogs import FileDialogs
from ui.pretrained.page import PretrainedPage
from ui.theme import DARK, Theme

__all__ = ["ExperimentsWindow"]


class ExperimentsWindow(QWidget):
    """Three pages; the run of the main window goes on meanwhile and gives the settings that are not varied."""

    def __init__(self, files: FileDialogs, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Experiments")
        self.setMinimumSize(860, 620)
        self._files = files
        self.compare = ComparePage()
        self.sweep = SweepPage()
        self.pretrained = PretrainedPage()
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.setAccessibleName("Kinds of experiments")
        self.pages.addTab(self.compare, "&Side by side")
        self.pages.addTab(self.sweep, "S&weep")
        self.pages.addTab(self.pretrained, "Pre&trained")
        body = QWidget()
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.pages)
        self.banner = Banner(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(9, 7, 9, 9)
        layout.addWidget(body)
        for page in (self.compare, self.sweep):
            page.refused.connect(self._say)
            page.save_requested.connect(self._save)
        self.pretrained.refused.connect(self._say)
        QShortcut(QKeySequence("Ctrl+W"), self, self.close)
        self.set_theme(DARK)

    def set_base(self, settings: Settings, own: ImageSet | None) -> None:
        """The settings of the main window's run, and the images of own data."""
        self.compare.set_base(settings, own)
        self.sweep.set_base(settings, own)
        self.pretrained.set_base(settings, own)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for part in (self.compare, self.sweep, self.pretrained, self.banner):
            part.set_theme(theme)

    def end_runs(self) -> None:
        """End what is running, soon."""
        self.compare.close_runs()
        self.sweep.close_runs()
        self.pretrained.close_runs()

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.banner.say(sentence, error=True)

    @Slot(object)
    def _save(self, recordings: Sequence[Recording]) -> None:
        if not recordings:
            self.banner.say("There are no runs yet; run some first.")
            return
        path = self._files.table_to_write()
        if path is None:
            return
        try:
            write_csv(path, recordings)
        except PlaygroundError as error:
            self.banner.say(str(error), error=True)
        else:
            self.banner.say(f"Saved {path}")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Only hide: what runs goes on, and results are there when the window is opened again."""
        event.accept()
