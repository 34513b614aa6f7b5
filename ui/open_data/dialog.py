"""The dialog in which a data set is looked at, cut to what is wanted, and read."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.errors import DataError
from playground.own_data.image_set import clean_names
from playground.own_data.importing import Preview
from ui.background import Background, Task
from ui.file_dialogs import FileDialogs
from ui.number_format import grouped
from ui.open_data.choice import Choice
from ui.open_data.classes_model import ClassesModel
from ui.open_data.classes_view import ClassesView
from ui.open_data.dropped import data_path
from ui.open_data.image_progress import ImageProgress
from ui.open_data.looking import Look, load_usable, look_at
from ui.open_data.options_panel import OptionsPanel
from ui.open_data.source_row import SourceRow
from ui.theme import DARK, Theme

__all__ = ["OpenDataDialog"]

_KINDS = (
    "A folder with one sub-folder a class, IDX files (MNIST, also .gz), an .npz file, or a .csv of label and pixels."
)

_WIDTH, _HEIGHT = 980, 640


class OpenDataDialog(QDialog):
    """`loaded` brings a `Loaded` when the user has accepted and everything was read; then the dialog closes.

    Until then nothing outside it changes. Esc, while it reads, ends the reading; again, the dialog.
    """

    loaded = Signal(object)

    def __init__(self, files: FileDialogs, theme: Theme = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open data")
        self.setAcceptDrops(True)
        self._look: Look | None = None
        self._choice: Choice | None = None
        self._found = _KINDS  # in words
        self._is_shown = False  # the preview is that of the choice
        self._looking, self._previewing, self._loading = (Background(self) for _ in range(3))
        self.model = ClassesModel()
        self.model.setParent(self)
        self.source = SourceRow(files)
        self.options = OptionsPanel()
        self.view = ClassesView(self.model)
        self._build_messages()
        self._build_buttons()
        self._arrange()
        self._connect()
        self.resize(_WIDTH, _HEIGHT)
        self.set_theme(theme)
        self._show_state()

    def _build_messages(self) -> None:
        self.headline = QLabel()
        self.headline.setTextFormat(Qt.TextFormat.PlainText)
        self.headline.setWordWrap(True)
        self.problem = QLabel()
        self.problem.setAccessibleName("What is wrong")
        self.notes = QLabel()
        self.notes.setAccessibleName("What was left out")
        for label in (self.problem, self.notes):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._notes_scroll = QScrollArea()
        self._notes_scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._notes_scroll.setWidgetResizable(True)
        self._notes_scroll.setWidget(self.notes)
        self._notes_scroll.setFixedHeight(54)
        self.bar = ImageProgress()

    def _build_buttons(self) -> None:
        self.all_button, self.none_button = QPushButton("&All classes"), QPushButton("N&one")
        for button in (self.all_button, self.none_button):
            button.setAutoDefault(False)
        self.accept_button = QPushButton("&Train on it")
        self.accept_button.setObjectName("primary")
        # Enter in a field must not read everything
        self.accept_button.setAutoDefault(False)
        self.accept_button.setToolTip("Read all images and begin a new run on them")
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setAutoDefault(False)

    def _arrange(self) -> None:
        middle = QHBoxLayout()
        middle.addWidget(self.options)
        classes = QVBoxLayout()
        classes.addWidget(self.view, 1)
        below = QHBoxLayout()
        below.addWidget(self.all_button)
        below.addWidget(self.none_button)
        self.sums = QLabel()
        self.sums.setObjectName("muted")
        below.addStretch(1)
        below.addWidget(self.sums)
        classes.addLayout(below)
        middle.addLayout(classes, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.bar, 1)
        buttons.addStretch(0)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.source)
        layout.addWidget(self.headline)
        layout.addLayout(middle, 1)
        layout.addWidget(self._notes_scroll)
        layout.addWidget(self.problem)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.source.chosen.connect(self.look_at)
        self.source.refused.connect(self._on_refused)
        self.options.chosen.connect(self._on_chosen)
        self.model.chosen.connect(self._on_chosen)
        self.all_button.clicked.connect(lambda: self._use_all(True))
        self.none_button.clicked.connect(lambda: self._use_all(False))
        self.accept_button.clicked.connect(self._on_accepted)
        self.cancel_button.clicked.connect(self.reject)
        self._looking.done.connect(self._on_looked)
        self._looking.refused.connect(self._on_look_refused)
        self._previewing.done.connect(self._on_previewed)
        self._previewing.refused.connect(self._on_refused)
        self._loading.done.connect(self._on_loaded)
        self._loading.refused.connect(self._on_refused)
        self._loading.progress.connect(self.bar.show_progress)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.view.set_theme(theme)
        self.options.set_theme(theme)
        self.problem.setStyleSheet(f"color: {theme.error};")
        self.notes.setStyleSheet(f"color: {theme.muted};")

    @property
    def choice(self) -> Choice | None:
        """What is chosen of what was found, None before anything was."""
        return self._choice

    @property
    def is_ready(self) -> bool:
        """True if what is shown is what would be read."""
        return self._is_shown and not self._loading.is_busy

    # --- the source ---------------------------------------------------------------------------------------------

    @Slot(object)
    def look_at(self, path: Path) -> None:
        """Show what there is at a path; until that is known, or if it is nothing, what was shown stays."""
        self.source.show_path(path)
        self._loading.give_up()
        self._previewing.give_up()
        self._is_shown = False
        self.problem.clear()
        self._looking.start(partial(_look, path))
        self._show_state()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept data sets."""
        if data_path(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at the data set that was dropped."""
        if (path := data_path(event.mimeData())) is not None:
            event.acceptProposedAction()
            self.look_at(path)

    @Slot(object)
    def _on_looked(self, look: Look) -> None:
        self._look, self._choice = look, Choice.of(look.options)
        self.options.name.setText(look.source.found.name)
        self.model.show_found(look.source.found, self._choice)
        self._show_choice()
        self._on_previewed(look.preview)
        self.view.setFocus()
        self.view.selectRow(0)

    @Slot(str)
    def _on_look_refused(self, sentence: str) -> None:
        if self._choice is not None:
            # what was looked at before is still there to be chosen from
            self._on_chosen(self._choice)
        self._on_refused(sentence)

    # --- the choices --------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_chosen(self, choice: Choice) -> None:
        look = self._look
        assert look is not None
        self._choice = choice
        self._is_shown = False
        self.problem.clear()
        self._show_choice()
        try:
            options = choice.options
        except DataError as error:
            self._previewing.give_up()
            self._on_refused(str(error))
            return
        self._previewing.start(lambda task: look.with_options(options, task.check))
        self._show_state()

    def _use_all(self, used: bool) -> None:
        if self._choice is not None:
            self._on_chosen(self._choice.changed(used=(used,) * len(self._choice.used)))

    def _show_choice(self) -> None:
        assert self._look is not None
        assert self._choice is not None
        found = self._look.source.found
        has_split = found.in_test is not None and bool(found.in_test.any()) and not found.in_test.all()
        self.options.show_choice(self._choice, has_given_split=has_split)
        self.model.set_choice(self._choice)

    @Slot(object)
    def _on_previewed(self, preview: Preview) -> None:
        assert self._choice is not None
        self._is_shown = True
        self.view.fit_rows(self._choice.image_size)
        self.model.show_preview(preview, self._choice.labels)
        self._describe(preview)
        self._show_state()

    def _describe(self, preview: Preview) -> None:
        assert self._look is not None
        found = self._look.source.found
        sides = [f"{width}×{height}" for width, height in (preview.smallest, preview.largest)]
        size = sides[0] if sides[0] == sides[1] else f"{sides[0]} to {sides[1]}"
        where = "" if sides[0] == sides[1] else f" in the first {preview.looked_at}"
        self._found = (
            f"{found.name}: {found.kind}, {grouped(len(found.labels))} images of {size} pixels{where}, "
            f"{len(found.class_names)} classes"
        )
        self.notes.setText("\n".join(f"• {note}" for note in preview.notes))
        self.sums.setText(
            f"{grouped(sum(preview.train))} train, {grouped(sum(preview.test))} test: "
            f"{max(0.1, preview.bytes / 2**20):.1f} MB"
        )

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self._show_state()

    # --- reading ------------------------------------------------------------------------------------------------

    @Slot()
    def _on_accepted(self) -> None:
        if self._look is None or self._choice is None or not self.is_ready:
            return
        name = clean_names([self.options.name.text().strip() or self._look.source.found.name])[0]
        self.problem.clear()
        self.bar.begin()
        source, options = self._look.source, self._choice.options
        self._loading.start(lambda task: load_usable(source, options, name, task.progress))
        self._show_state()

    @Slot(object)
    def _on_loaded(self, loaded: object) -> None:
        self.loaded.emit(loaded)
        self.accept()

    def reject(self) -> None:
        """End the reading and keep the choices, else close."""
        if self._loading.is_busy:
            self._loading.give_up()
            self._show_state()
        else:
            super().reject()

    def done(self, result: int) -> None:
        """Close, and give up whatever still goes on."""
        for background in (self._looking, self._previewing, self._loading):
            background.give_up()
        super().done(result)

    def _show_state(self) -> None:
        reading, looking = self._loading.is_busy, self._looking.is_busy
        found = self._look is not None
        self.headline.setText(f"Looking at {self.source.path.text()} …" if looking else self._found)
        for part in (self.options, self.view, self.all_button, self.none_button):
            part.setEnabled(found and not reading and not looking)
        self.source.setEnabled(not reading)
        self.bar.setVisible(reading or looking)
        if looking:
            self.bar.begin()
        self.problem.setVisible(bool(self.problem.text()))
        self._notes_scroll.setVisible(bool(self.notes.text()))
        self.accept_button.setEnabled(self.is_ready and not looking)
        self.cancel_button.setText("Stop reading" if reading else "Cancel")


def _look(path: Path, task: Task) -> Look:
    return look_at(path, task.check)
