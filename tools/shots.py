"""Pictures of the real window in its main states, sizes and themes, drawn offscreen: `python -m tools.shots`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# must be chosen before Qt starts
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from playground.datasets import suggested_settings
from playground.model_file import save_model
from playground.prediction import make_network
from playground.settings import Settings
from playground.snapshot import RunState
from ui.application import delete_window, make_application
from ui.main_window import MainWindow
from ui.offscreen import draw_test_image, open_offscreen, show_frames, train_for, wait_until

SIZES = ((1100, 700), (1366, 768), (1440, 900), (1920, 1080))
_FIRST_SIZE = (1440, 900)
THEMES = ("dark", "light")
_README = ("trained", "dark", _FIRST_SIZE)


@dataclass(frozen=True)
class State:
    """A state of the window: the settings it starts with and what is done to it before the picture."""

    name: str
    settings: Settings
    prepare: Callable[[MainWindow], None]


def _nothing(_window: MainWindow) -> None:
    show_frames()


def _train(window: MainWindow) -> None:
    train_for(window, epochs=3, seconds=60)


def _train_and_draw(window: MainWindow) -> None:
    _train(window)
    draw_test_image(window)


def _while_training(window: MainWindow) -> None:
    window.worker.train()
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.step >= 100, 30)


def _until_diverged(window: MainWindow) -> None:
    # digits hardly diverge within the allowed learning rates, so weights that overflow are opened as a model
    weights = make_network(Settings()).state_dict()
    weights["conv1.weight"][0] = 1e38
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "far-off.safetensors"
        save_model(path, Settings(), weights, step=0)
        window.worker.open_model(path)
        wait_until(lambda: (seen := window.worker.latest) is not None and seen.run_id == 2, 30)
    window.worker.train()
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.state is RunState.DIVERGED, 30)
    show_frames()


def of_dataset(dataset: str) -> Settings:
    """The settings that suit a built-in data set."""
    return Settings(**{"dataset": dataset, **suggested_settings(dataset)})


STATES = (
    State("fresh", Settings(), _nothing),
    State("training", Settings(), _while_training),
    State("trained", Settings(), _train_and_draw),
    State("ten-digits-two-blocks", Settings(classes=tuple(range(10)), filters=(8, 16), kernel_size=3), _train_and_draw),
    State("diverged", Settings(), _until_diverged),
    State("blackboard-3x3", of_dataset("blackboard-3x3"), _train),
    State("blackboard-5x5", of_dataset("blackboard-5x5"), _train),
)


def main() -> int:
    """Write the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("build/shots"), help="where to (default: %(default)s)")
    parser.add_argument("--states", nargs="+", choices=[state.name for state in STATES], help="only these")
    parser.add_argument("--readme", action="store_true", help="also renew docs/pictures/window.png")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    app = make_application(sys.argv[:1])
    for state in STATES:
        if options.states and state.name not in options.states:
            continue
        with tempfile.TemporaryDirectory() as folder:
            window = open_offscreen(Path(folder), state.settings, _FIRST_SIZE)
            state.prepare(window)
            _take(window, state, options.folder, renew_readme=options.readme)
            delete_window(window)
    app.quit()
    sys.stdout.write(f"Pictures are in {options.folder}\n")
    return 0


def _take(window: MainWindow, state: State, folder: Path, *, renew_readme: bool) -> None:
    for theme in THEMES:
        if window.theme_choice.theme.name != theme:
            window.theme_choice.choose(theme)
        for size in SIZES:
            window.resize(*size)
            show_frames()
            picture = window.grab()
            picture.save(str(folder / f"{state.name}-{theme}-{size[0]}x{size[1]}.png"))
            if renew_readme and (state.name, theme, size) == _README:
                readme_picture = Path("docs/pictures/window.png")
                readme_picture.parent.mkdir(parents=True, exist_ok=True)
                picture.save(str(readme_picture))


if __name__ == "__main__":
    sys.exit(main())
