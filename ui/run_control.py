"""What the controls ask of the run, and what they show when it is granted or refused."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from playground.augmentation import Augmentation
from playground.errors import SettingsError
from playground.settings import Settings
from playground.snapshot import RunState
from playground.worker import TrainingWorker
from ui.settings_of_data import SettingsOfData

__all__ = ["RunControl"]


class RunControl(QObject):
    """Asks the worker for changed settings, one on top of the other, before the first is granted.

    settings_shown (Settings): what every control is to show; refused (str): why a change does not fit.
    """

    settings_shown = Signal(object)
    refused = Signal(str)

    def __init__(
        self, worker: TrainingWorker, settings: Settings, settings_of_data: SettingsOfData, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._settings_of_data = settings_of_data
        self._state = RunState.PAUSED
        self.settings = self._granted = settings
        worker.settings_changed.connect(self.grant)
        worker.state_changed.connect(self._on_state_changed)

    @Slot(object)
    def grant(self, settings: Settings) -> None:
        """The run has these settings now."""
        self.settings = self._granted = settings
        self._settings_of_data.note(settings)
        self.settings_shown.emit(settings)

    def give_up(self) -> None:
        """Let the controls go back to what the run has."""
        self.grant(self._granted)

    def change(self, **changes: object) -> None:
        """Ask for changed settings; what does not fit is refused and the controls go back."""
        try:
            settings = self.settings.changed(**changes)
        except SettingsError as error:
            self.refused.emit(str(error))
            return
        self.settings = settings
        self._worker.change_settings(settings)

    @Slot(float)
    def change_learning_rate(self, value: float) -> None:
        """Ask for another learning rate η."""
        self.change(learning_rate=value)

    @Slot(int)
    def change_batch_size(self, value: int) -> None:
        """Ask for another batch size m."""
        self.change(batch_size=value)

    @Slot(str)
    def change_optimizer(self, value: str) -> None:
        """Ask for another optimiser."""
        self.change(optimizer=value)

    @Slot(int)
    def change_seed(self, value: int) -> None:
        """Ask for a run from another seed."""
        self.change(seed=value)

    @Slot(str)
    def change_initialization(self, value: str) -> None:
        """Ask for a run from weights that are drawn in another way."""
        self.change(initialization=value)

    @Slot(object)
    def change_augmentation(self, value: Augmentation) -> None:
        """Ask for training images that are changed a little, or not."""
        self.change(augmentation=value)

    @Slot(int)
    def change_frozen(self, value: int) -> None:
        """Ask that so many conv blocks get no update from the next step on."""
        self.change(frozen=value)

    @Slot(int, object)
    def change_architecture(self, kernel_size: int, filters: tuple[int, ...]) -> None:
        """Ask for a network of another kernel size or other filters."""
        self.change(kernel_size=kernel_size, filters=tuple(filters))

    @Slot(str, object)
    def change_data(self, dataset: str, classes: tuple[int, ...]) -> None:
        """Ask for other classes, or another built-in data set, with the settings that it was left with."""
        if dataset == self.settings.dataset:
            self.change(classes=tuple(classes))
            return
        self.settings = self._settings_of_data.of(dataset, self.settings.seed)
        self._worker.change_settings(self.settings)

    def toggle_training(self) -> None:
        """Train, or pause."""
        if self._state is RunState.TRAINING:
            self._worker.pause()
        else:
            self._worker.train()

    @Slot(object)
    def _on_state_changed(self, state: RunState) -> None:
        self._state = state
