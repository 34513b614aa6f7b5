"""All images of the data in one tab: the gallery on the left, confusion matrix and classes on the right."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.datasets import Dataset
from playground.evaluation import Evaluation
from playground.images import RunningMeans
from playground.snapshot import Snapshot
from ui.followed_sample import FollowedSample
from ui.number_format import grouped
from ui.pacer import Pacer
from ui.see_data.classes_view import ClassesView
from ui.see_data.confusion_view import ConfusionView
from ui.see_data.filter_bar import FilterBar
from ui.see_data.population import Choice, Population, evaluated_sentence
from ui.see_data.sample_model import SampleModel
from ui.see_data.thumbnails import Thumbnails
from ui.theme import DARK, Theme

__all__ = ["SeeDataPanel"]

_REFRESH_MS = 300
_BOTH = 460  # from this height on, matrix and classes have room beneath each other
_LEAST_SCROLLED = 80
"""Pixels of a part that scrolls by itself: a row of large images with its words."""
_MEANS_AT_ONCE = 512
_SHARE = 0.54  # most of the width that the right half takes


class SeeDataPanel(QWidget):
    """`sample_chosen(SampleRef)` when an image is chosen. Hidden, it keeps the newest evaluation and does nothing."""

    sample_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._evaluation: Evaluation | None = None
        self._shown: Evaluation | None = None
        self._sample = FollowedSample()
        self._means: RunningMeans | None = None
        self._held = False
        self.choice = Choice()
        self.model = SampleModel(self)
        self.gallery = Thumbnails(self.model)
        self.filters = FilterBar()
        self.matrix = ConfusionView()
        self.classes = ClassesView()
        self._pacer = Pacer(_REFRESH_MS, self)
        self._idle = QTimer(self)
        self._idle.timeout.connect(self._work_on_means)
        self._build()
        self.filters.changed.connect(self._on_choice)
        self.filters.size_changed.connect(self._on_size)
        self.matrix.cell_chosen.connect(self._on_cell)
        self.gallery.chosen.connect(self._on_image)
        self.gallery.left.connect(self._pacer.request)
        self._pacer.due.connect(self._refresh)
        self.set_theme(DARK)

    # building

    def _build(self) -> None:
        self.count = self._label("Images shown")
        self.detail = self._label("Chosen image")
        left = QVBoxLayout()
        left.setSpacing(3)
        left.addWidget(self.filters)
        left.addWidget(self.count)
        left.addWidget(self.gallery, 1)
        self.evaluated = self._label("Evaluated images")
        self.evaluated.setWordWrap(True)  # never cut: it tells which images, and of which step
        wrapped = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        wrapped.setHeightForWidth(True)
        self.evaluated.setSizePolicy(wrapped)
        self._matrix_part = _scrolled(self.matrix)
        self._classes_part = _scrolled(self.classes)
        for scrolling in (self.gallery, self._matrix_part, self._classes_part):
            # what it would like must not make the tab scroll around it
            scrolling.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            scrolling.setMinimumHeight(_LEAST_SCROLLED)
        self.switches = QWidget()
        row = QHBoxLayout(self.switches)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.switch_matrix, self.switch_classes = QPushButton("Confusion matrix"), QPushButton("Classes")
        group = QButtonGroup(self)
        for button in (self.switch_matrix, self.switch_classes):
            button.setCheckable(True)
            button.setFixedHeight(22)
            group.addButton(button)
            row.addWidget(button, 1)
        self.switch_matrix.setChecked(True)
        self.switch_matrix.toggled.connect(self._arrange)
        self.right = QWidget()
        right = QVBoxLayout(self.right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(3)
        right.addWidget(self.switches)
        right.addWidget(self.evaluated)
        right.addWidget(self._matrix_part, 1)
        right.addWidget(self._classes_part, 1)
        halves = QHBoxLayout()
        halves.setSpacing(10)
        halves.addLayout(left, 1)
        halves.addWidget(self.right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(halves, 1)
        layout.addWidget(self.detail)

    def _label(self, name: str) -> QLabel:
        label = QLabel()
        label.setObjectName("muted")
        label.setAccessibleName(name)
        # takes what is left: its text must not widen the column
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        return label

    def _arrange(self) -> None:
        both = self.height() >= _BOTH
        self.switches.setVisible(not both)
        self._matrix_part.setVisible(both or self.switch_matrix.isChecked())
        self.evaluated.setVisible(both or self.switch_matrix.isChecked())
        self._classes_part.setVisible(both or self.switch_classes.isChecked())
        wanted = max(self.matrix.minimumWidth() + 16, 260, round(0.36 * self.width()))
        # in a low room the matrix scrolls, and the bar takes its part
        self.right.setFixedWidth(max(200, min(wanted, round(_SHARE * self.width()))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self._show_words()

    # what is shown

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for view in (self.gallery, self.matrix, self.classes):
            view.set_theme(theme)

    def set_dataset(self, dataset: Dataset) -> None:
        """Show the images of a run; what is asked for stays as far as the classes are the same."""
        same = self._dataset is not None and self._dataset.class_names == dataset.class_names
        if not same:
            self.choice = Choice(self.choice.split, order=self.choice.order)
        self._dataset = dataset
        self._means = None
        self._idle.stop()
        if self.isVisible():
            self._begin(stay=same)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow the newest evaluation at a calm pace, and the sample that the flow shows."""
        self._evaluation = snapshot.evaluation
        moved = self._sample.follow(snapshot.sample)
        if not self.isVisible():
            return
        if moved:
            self._mark(scroll=not self.gallery.mouse_inside)
        if self._evaluation is not self._shown:
            self._pacer.request()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        population = self.model.population
        if self._dataset is not None and (population is None or population.dataset is not self._dataset):
            self._begin()
        else:
            self._refresh()

    def _begin(self, *, stay: bool = False) -> None:
        """Take the data set of the present run; `stay`: it is a newer state of it, so the gallery keeps its place."""
        assert self._dataset is not None
        place = self.gallery.verticalScrollBar().value() if stay else 0
        population = Population(self._dataset)
        self.filters.set_names(population.names)
        self.filters.show_choice(self.choice)
        self.model.set_population(population)
        self.gallery.fit()
        self._shown = None
        self.classes.show_counts(population.names, population.class_counts("train"), population.class_counts("test"))
        self._means = RunningMeans(self._dataset.x_train, self._dataset.y_train, len(population.names))
        self._idle.start(0)
        self._refresh(asked=True)
        self.gallery.verticalScrollBar().setValue(place)
        self._arrange()

    def _work_on_means(self) -> None:
        if self._means is None or not self.isVisible():
            self._idle.stop()
        elif self._means.advance(_MEANS_AT_ONCE):
            self._idle.stop()
            self.classes.show_means(self._means.result())
            self._means = None

    @Slot()
    def _refresh(self, asked: bool = False) -> None:
        """Show the newest evaluation; under the mouse, images keep their places unless others are asked for."""
        population, found = self.model.population, self._evaluation
        if population is None or not self.isVisible():
            return
        if found is not None and found.dataset is population.dataset and found is not self._shown:
            self._shown = found
            population.take(found)
        self._held = self.gallery.mouse_inside and not asked
        if self._held:
            self.model.marks_changed()
        else:
            value = self.gallery.verticalScrollBar().value()
            if self.model.ask_for(self.choice):
                self._mark(scroll=False)
                self.gallery.verticalScrollBar().setValue(0 if asked else value)
        self.matrix.show_counts(population.confusion(self.choice.split), population.names)
        true, answer = self.choice.true, self.choice.answer
        self.matrix.choose((true, answer) if true is not None and isinstance(answer, int) else None)
        self._show_words()

    def _show_words(self) -> None:
        population = self.model.population
        if population is None:
            return
        shown, (total, evaluated) = self.model.rowCount(), population.counts(self.choice.split)
        words = f"{grouped(shown)} of {grouped(total)} images"
        if self.choice.answer != "any" and evaluated < total:
            words += f", {grouped(evaluated)} of them evaluated"
        if self.choice != Choice(self.choice.split, order=self.choice.order):
            words += " · Esc shows all"
        if self._held and self.choice != Choice(self.choice.split):
            words += " · they keep their places under the mouse"
        _say(self.count, words)
        place = population.place_of(self._sample.now)
        if place is None:
            _say(self.detail, f"In the flow: {self._sample.now.words}, which is not among these images")
        else:
            _say(self.detail, f"In the flow: {population.describe(place)}" if place < len(population) else "")
        self.evaluated.setText(evaluated_sentence(population, self.choice.split))

    def _mark(self, scroll: bool) -> None:
        population = self.model.population
        if population is not None:
            self.gallery.mark(population.place_of(self._sample.now), scroll)
            self._show_words()

    # what the user does

    @Slot(object)
    def _on_choice(self, choice: Choice) -> None:
        self.choice = choice
        self.filters.show_choice(choice)
        self._refresh(asked=True)

    @Slot(str)
    def _on_size(self, size: str) -> None:
        self.gallery.set_size(size)
        self._mark(scroll=True)

    @Slot(int, int)
    def _on_cell(self, true: int, predicted: int) -> None:
        self._on_choice(dataclasses.replace(self.choice, true=true, answer=predicted))

    @Slot(int)
    def _on_image(self, place: int) -> None:
        population = self.model.population
        assert population is not None
        self._sample.choose(population.sample_at(place))
        self._show_words()
        self.sample_chosen.emit(self._sample.now)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        everything = Choice(self.choice.split, order=self.choice.order)
        if event.key() == Qt.Key.Key_Escape and self.choice != everything:
            self._on_choice(everything)
        else:
            event.ignore()


def _scrolled(view: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the view takes the keys
    area.setWidget(view)
    for ground in (area.viewport(), view):
        ground.setAutoFillBackground(False)  # the panel's own shows
    return area


def _say(label: QLabel, words: str) -> None:
    label.setToolTip(words)
    shown = QFontMetrics(label.font()).elidedText(words, Qt.TextElideMode.ElideRight, max(60, label.width()))
    if label.text() != shown:
        label.setText(shown)
