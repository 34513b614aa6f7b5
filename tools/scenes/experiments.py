"""Runs beside the one in the window, and pretrained networks."""

from __future__ import annotations

from tools.scenes.steps import train_on
from ui.experiments.window import ExperimentsWindow
from ui.main_window import MainWindow
from ui.offscreen import show_frames, wait_until

__all__ = ["compare", "frozen", "pretrained", "sweep"]


def _experiments(window: MainWindow) -> ExperimentsWindow:
    window.experiments.open()
    made = window.experiments.window
    made.resize(1100, 700)
    return made


def compare(window: MainWindow) -> None:
    train_on(window, 300)
    page = _experiments(window).compare
    page.values.choice.setCurrentIndex(page.values.choice.findData("kernel_size"))
    page.values.line.setText("2, 3, 9")
    page.check()
    page.start_button.click()
    wait_until(lambda: page.status.text().startswith("Done"), 60)
    show_frames()


def sweep(window: MainWindow) -> None:
    experiments = _experiments(window)
    page = experiments.sweep
    experiments.pages.setCurrentWidget(page)
    page.second.choice.setCurrentIndex(page.second.choice.findData("batch_size"))
    page.second.line.setText("8, 64")
    page.epochs.set_value(1)
    page.check()
    page.start_button.click()
    wait_until(lambda: page.status.text().startswith("Done"), 120)
    show_frames()


def pretrained(window: MainWindow) -> None:
    window.actions_by_id["pretrained"].trigger()
    page = window.experiments.window.pretrained
    page.start_button.click()
    wait_until(lambda: not page.is_running, 300)
    show_frames()


def frozen(window: MainWindow) -> None:
    window.actions_by_id["pretrained"].trigger()
    window.experiments.window.pretrained.window_button.click()
    window.experiments.window.close()
    wait_until(lambda: window._shown is not None and window._shown.settings.frozen == 2, 30)
    window.worker.train(30)
    wait_until(lambda: window._shown is not None and window._shown.step == 30, 30)
    show_frames()
