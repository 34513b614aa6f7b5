"""Which data set and which of its classes, and a gallery to choose the image that the flow shows."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from core.arrays import Labels
from playground.datasets import CLASS_NAMES, Dataset, suggested_settings
from playground.images import Images
from playground.own_data.description import OwnData
from playground.sample_ref import DrawnSample, SampleRef
from playground.settings import CHOICES, OWN, Settings
from playground.snapshot import Snapshot
from ui.controls import CalmToolButton, ElidingComboBox
from ui.data.class_chips import ClassChips
from ui.data.gallery import Gallery
from ui.data.split_row import SplitRow
from ui.followed_sample import FollowedSample
from ui.icons import glyph_icon
from ui.panel import Panel
from ui.theme import DARK, Theme

__all__ = ["DATASET_TITLES", "DataPanel"]

DATASET_TITLES: Mapping[str, str] = {
    "digits": "Handwritten digits",
    "shapes": "Shapes",
    "blackboard-3x3": "Blackboard 3×3",
    "blackboard-5x5": "Blackboard 5×5",
}
"""How the data sets are called on screen."""

_SPLITS = ("train", "test")
_MANAGE, _MANAGE_TEXT = "manage", "Rename or delete…"
_OTHER = "own: "  # before the name of an own data set that is not the present one
_CHOICE_PAUSE_MS = 350


class _CalmComboBox(ElidingComboBox):
    """Leaves the wheel alone: on its way through the column it must not throw a trained network away."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DataPanel(Panel):
    """Tells what the user chose: data_chosen (data set, classes), sample_chosen (SampleRef), message (a refusal).

    open_requested, workshop_requested, sets_requested: the user wants to open a data set of their own, to draw or fix
    one, or to rename or delete some. drawing_clicked: the user chose their drawing, or let it go.

    Classes are told a moment after the last click, so that going from 3 and 8 to 4 and 9 does not build a network for
    every stop on the way.
    """

    data_chosen = Signal(str, object)
    workshop_requested = Signal()
    sample_chosen = Signal(object)
    message = Signal(str)
    open_requested = Signal()
    own_chosen = Signal(str)
    sets_requested = Signal()
    drawing_clicked = Signal()

    def __init__(self, parent: QWidget | None = None, choice_pause_ms: int = _CHOICE_PAUSE_MS) -> None:
        super().__init__("Data", parent)
        self._theme = DARK
        self._dataset: Dataset | None = None
        self._settings: Settings | None = None
        self._own: OwnData | None = None
        self._own_names: tuple[str, ...] = ()
        self._sample = FollowedSample()
        self._follows_drawing = False
        self._split = "test"
        self._build_choice()
        self._build_splits()
        self.gallery = Gallery()
        self.gallery.chosen.connect(self._on_image_chosen)
        self.body.addWidget(self.gallery, 1)
        self._told = QTimer(self)
        self._told.setSingleShot(True)
        self._told.setInterval(choice_pause_ms)
        self._told.timeout.connect(self._tell_classes)
        self.set_theme(DARK)

    def _build_choice(self) -> None:
        self.combo = _CalmComboBox()
        for name in CHOICES["dataset"]:
            self.combo.addItem(DATASET_TITLES[name], name)
        self.combo.setAccessibleName("Data set")
        self.combo.setToolTip("The data set; choosing another one starts over")
        self.combo.setMinimumContentsLength(10)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.activated.connect(self._on_dataset_activated)
        self.header.takeAt(self.header.count() - 1)
        self.header.addWidget(self.combo, 1)
        self.open_button = CalmToolButton()
        self.open_button.setAutoRaise(True)
        self.open_button.setFixedSize(24, 22)
        self.open_button.setAccessibleName("Open data")
        self.open_button.setToolTip("Open a data set of your own (Ctrl+I), or drop it here")
        self.open_button.clicked.connect(self.open_requested)
        self.header.addWidget(self.open_button)
        self.workshop_button = CalmToolButton()
        self.workshop_button.setAutoRaise(True)
        self.workshop_button.setIconSize(QSize(16, 16))
        self.workshop_button.setFixedSize(24, 22)
        self.workshop_button.setAccessibleName("Draw or fix data")
        self.workshop_button.setToolTip("Draw a data set of your own, or fix one (Ctrl+Shift+D)")
        self.workshop_button.clicked.connect(self.workshop_requested)
        self.header.addWidget(self.workshop_button)
        self.chips = ClassChips()
        self.chips.chosen.connect(self._on_classes_chosen)
        self.chips.message.connect(self.message)
        self.body.addWidget(self.chips)

    def _build_splits(self) -> None:
        self.splits = SplitRow()
        self.splits.split_chosen.connect(self._show_split)
        self.splits.drawing_clicked.connect(self.drawing_clicked)
        self.body.addWidget(self.splits)

    # what the window calls

    def set_dataset(self, dataset: Dataset, settings: Settings) -> None:
        """Show the data of a run that has started; a choice that is still to be told stays as the user left it.

        Of a data set that was shown before, with some images more or fewer, the gallery stays where it is.
        """
        stays = self._dataset is not None and _is_newer(dataset, self._dataset)
        self._dataset, self._settings = dataset, settings
        if not stays:
            self._sample = FollowedSample()
        self.set_settings(settings)
        split = self._split if stays else "test"
        other = "train" if split == "test" else "test"
        self._show_split(split if len(self._images_of(split)[1]) else other, stay=stays)

    def set_settings(self, settings: Settings) -> None:
        """Offer the data set and classes of a run, as after a choice that was refused; one still to be told stays."""
        if not self._told.isActive():
            self._offer_own(settings.own)
            self.combo.setCurrentIndex(self.combo.findData(settings.dataset))
            self._offer(settings.dataset, settings.classes)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.gallery.set_theme(theme)
        self.chips.set_theme(theme)
        self.open_button.setIcon(glyph_icon("open", theme.text))
        self.workshop_button.setIcon(glyph_icon("brush", theme.text))
        self.splits.set_theme(theme)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Keep the marked image in step with the one that the flow shows."""
        if self._settings is None or (snapshot.settings.dataset, snapshot.settings.classes) != (
            self._settings.dataset,
            self._settings.classes,
        ):
            return
        drawn = isinstance(snapshot.sample, DrawnSample)
        if drawn is not self._follows_drawing:
            self._follows_drawing = drawn
            self.splits.drawing.setChecked(drawn)
        if self._sample.follow(snapshot.sample):
            if not drawn and snapshot.sample.split != self._split:
                self._show_split(snapshot.sample.split)
            self._mark_sample()

    @property
    def split(self) -> str:
        """Which images the gallery shows, "train" or "test"."""
        return self._split

    def offer_drawing(self, offered: bool) -> None:
        """Let the user's drawing be among what can be chosen, while there is one."""
        self.splits.offer_drawing(offered)

    def split_button(self, split: str) -> QPushButton:
        """The switch to the train or the test images."""
        return self.splits.splits[split]

    def set_own_names(self, names: tuple[str, ...]) -> None:
        """Offer the user's own data sets of these names too."""
        self._own_names = names
        self._offer_own(self._own)

    # inside

    def _offer_own(self, own: OwnData | None) -> None:
        """The list ends with the user's own data sets, that which the network learns among them."""
        self._own = own
        present = "" if own is None else own.name
        names = [*self._own_names, *([present] if present and present not in self._own_names else [])]
        wanted = [(name, OWN if name == present else f"{_OTHER}{name}") for name in names]
        if names:
            wanted.append((_MANAGE_TEXT, _MANAGE))
        first = len(CHOICES["dataset"])
        rows = range(first, self.combo.count())
        if wanted == [(self.combo.itemText(row), self.combo.itemData(row)) for row in rows]:
            return
        chosen = self.combo.currentData()
        while self.combo.count() > first:
            self.combo.removeItem(first)
        for name, word in wanted:
            self.combo.addItem(name, word)
        self.combo.setCurrentIndex(max(0, self.combo.findData(chosen)))

    def _names(self, dataset: str) -> tuple[str, ...]:
        return self._own.class_names if dataset == OWN and self._own is not None else CLASS_NAMES[dataset]

    def _offer(self, dataset: str, classes: tuple[int, ...]) -> None:
        names = self._names(dataset)
        self.chips.set_classes(names, classes)
        # with two classes there is nothing to choose
        self.chips.setVisible(len(names) > 2)
        self._show_mapping()

    def _show_mapping(self) -> None:
        names = self._names(self.combo.currentData())
        self.splits.show_classes([names[label] for label in self.chips.classes])

    def _show_split(self, split: str, *, stay: bool = False) -> None:
        self._split = split
        counts = {name: len(self._images_of(name)[1]) for name in _SPLITS} if self._dataset is not None else None
        self.splits.show_splits(split, counts)
        if self._dataset is not None:
            images, labels = self._images_of(split)
            self.gallery.show_images(images, labels, self._dataset.class_names, split, stay=stay)
            self._mark_sample(scroll=not stay)

    def _images_of(self, split: str) -> tuple[Images, Labels]:
        assert self._dataset is not None
        data = self._dataset
        return (data.x_train, data.y_train) if split == "train" else (data.x_test, data.y_test)

    def _mark_sample(self, *, scroll: bool = True) -> None:
        sample = self._sample.now
        self.gallery.select(sample.index if sample.split == self._split else None, scroll)

    @Slot(int)
    def _on_image_chosen(self, index: int) -> None:
        self._sample.choose(SampleRef(self._split, index))
        self.sample_chosen.emit(self._sample.now)

    @Slot(int)
    def _on_dataset_activated(self, index: int) -> None:
        dataset = self.combo.itemData(index)
        self._told.stop()
        if dataset == _MANAGE or dataset.startswith(_OTHER):
            # shown when its run begins: it may take a moment to read, or be damaged
            self.combo.setCurrentIndex(self.combo.findData(self._settings.dataset if self._settings else "digits"))
            if dataset == _MANAGE:
                self.sets_requested.emit()
            else:
                self.own_chosen.emit(dataset.removeprefix(_OTHER))
            return
        if self._settings is not None and dataset == self._settings.dataset:
            self._offer(dataset, self._settings.classes)
            return
        classes = tuple(suggested_settings(dataset)["classes"])
        self._offer(dataset, classes)
        self.data_chosen.emit(dataset, classes)

    @Slot(object)
    def _on_classes_chosen(self, _classes: tuple[int, ...]) -> None:
        self._show_mapping()
        self._told.start()

    @Slot()
    def _tell_classes(self) -> None:
        dataset, classes = self.combo.currentData(), self.chips.classes
        if self._settings is None or (dataset, classes) != (self._settings.dataset, self._settings.classes):
            self.data_chosen.emit(dataset, classes)


def _is_newer(dataset: Dataset, before: Dataset) -> bool:
    """True if it is the data set of before, with the same kind of images."""
    return (dataset.name, dataset.x_train.shape[1:]) == (before.name, before.x_train.shape[1:])
