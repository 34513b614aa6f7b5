"""`train`: a run without a window, with a progress bar, figures for each epoch, and a model file at the end."""

from __future__ import annotations

import argparse
import math
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from threadpoolctl import threadpool_limits
from tqdm import tqdm

from playground.commands.options import add_settings_options, in_range, run_from
from playground.counting import grouped
from playground.diagnosis import diagnose
from playground.errors import DivergedError
from playground.evaluation import Evaluation
from playground.model_file import check_can_save, save_model
from playground.notation.numbers import chosen_number, percent
from playground.observations import observe
from playground.own_data.source import ReadPicture
from playground.ranges import Range
from playground.session import Session

__all__ = ["INTERRUPTED", "add_options", "run"]

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 + SIGINT."""

_EPOCHS = Range(1, 100_000)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `train`."""
    add_settings_options(parser)
    parser.add_argument(
        "--epochs",
        type=in_range("epochs", _EPOCHS),
        default=3,
        metavar="N",
        help="how often each training image is visited (default: %(default)s)",
    )
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the trained model to this .safetensors file")
    parser.add_argument("--quiet", action="store_true", help="no progress bar; the figures of each epoch stay")


def run(options: argparse.Namespace, read_picture: ReadPicture) -> int:
    """Train and return the exit code: 0, or INTERRUPTED after Ctrl-C, with the model saved in both cases.

    Raises PlaygroundError if training diverges or the model cannot be written; an older file then stays as it was.
    """
    # the matrices are small: a second BLAS thread costs more than it brings, most of all on a busy machine
    threadpool_limits(limits=1, user_api="blas")
    if options.save is not None:
        check_can_save(options.save)
    settings, own = run_from(options, read_picture)
    session = Session(settings, own=own)
    _say(_headline(session))
    with _interrupt_flag() as interrupted:
        evaluation = _train(session, options.epochs, interrupted, quiet=options.quiet)
    if not math.isfinite(evaluation.train_loss):
        raise DivergedError(
            f"Training diverged at step {grouped(session.step_count)}: the loss is no longer finite. "
            f"The learning rate {chosen_number(settings.learning_rate)} is too large; try a tenth of it."
        )
    if options.save is not None:
        save_model(options.save, settings, session.state_dict(), step=session.step_count)
        _say(f"saved {options.save}")
    return INTERRUPTED if interrupted else 0


def _train(session: Session, epochs: int, interrupted: list[int], *, quiet: bool) -> Evaluation:
    total = epochs * session.steps_per_epoch
    with tqdm(total=total, unit="step", file=sys.stderr, disable=quiet, dynamic_ncols=True) as progress:
        for epoch in range(1, epochs + 1):
            for _ in range(session.steps_per_epoch):
                if interrupted:
                    break
                loss = session.step()
                progress.set_postfix_str(f"loss {loss:.4f}", refresh=False)
                progress.update()
            if interrupted:
                break
            evaluated = session.evaluate()
            progress.clear()
            _say(f"epoch {grouped(epoch)}/{grouped(epochs)}: {_figures(evaluated)}")
            _say_what_is_wrong(session)
    evaluation = session.evaluate()
    if interrupted:
        _say(f"stopped at step {grouped(session.step_count)} of {grouped(total)}: {_figures(evaluation)}")
    return evaluation


def _headline(session: Session) -> str:
    settings, data = session.settings, session.dataset
    images = f"{grouped(len(data.x_train))} training and {grouped(len(data.x_test))} test images"
    evaluated = session.evaluate()
    # figures over a part of the images must say so
    part = (
        f", train figures from {grouped(evaluated.train_images)} of them"
        if evaluated.train_images < evaluated.train_total
        else ""
    )
    blocks = " and ".join(map(str, settings.filters))
    return (
        f"{data.name} {' '.join(data.class_names)}: {images}{part}\n"
        f"{blocks} filters {settings.kernel_size}×{settings.kernel_size}, m = {settings.batch_size}, "
        f"{settings.optimizer}, η = {chosen_number(settings.learning_rate)}, seed {settings.seed}"
        f"{', augmented' if settings.augmentation.is_on else ''}"
    )


def _figures(evaluation: Evaluation) -> str:
    return (
        f"train loss {evaluation.train_loss:.4f} accuracy {percent(evaluation.train_accuracy, 2)}, "
        f"test loss {evaluation.test_loss:.4f} accuracy {percent(evaluation.test_accuracy, 2)}"
    )


def _say_what_is_wrong(session: Session) -> None:
    found = diagnose(session.history, observe(session))
    if found is not None:
        sys.stderr.write(f"warning: {found.sentence} {found.suggestion}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def _interrupt_flag() -> Iterator[list[int]]:
    """A list that Ctrl-C makes non-empty, so that a step is never left half done; a second Ctrl-C ends at once."""
    caught: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)
