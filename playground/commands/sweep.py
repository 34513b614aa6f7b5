"""`sweep`: one run for each value of a setting or two and each seed, in processes of their own, and a table."""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
from pathlib import Path

from tqdm import tqdm

from playground.commands.options import add_settings_options, in_range, run_from
from playground.commands.train import INTERRUPTED
from playground.counting import grouped
from playground.errors import PlaygroundError, SettingsError
from playground.experiments.recording import Recording
from playground.experiments.sweep import Sweep, Trial, processes, run_sweep
from playground.experiments.table import write_csv
from playground.experiments.values import VARIED, parse_values, parse_whole_numbers, read_values
from playground.notation.numbers import percent
from playground.own_data.source import ReadPicture
from playground.ranges import Range

__all__ = ["add_options", "run"]

_EPOCHS = Range(1, 100_000)
_WORKERS = Range(1, 256)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `sweep`."""
    parser.add_argument(
        "--vary",
        action="append",
        required=True,
        metavar="SETTING=VALUES",
        help=f"one of {', '.join(name for name in VARIED if name != 'seed')}, and its values as a list (0.01,0.1) or a "
        "range (2..5, 0.001..1:7); twice for two settings",
    )
    parser.add_argument(
        "--seeds", default="1..3", metavar="LIST", help="the seeds of each value (default: %(default)s)"
    )
    parser.add_argument(
        "--epochs", type=in_range("epochs", _EPOCHS), default=3, metavar="N", help="of each run (default: %(default)s)"
    )
    parser.add_argument(
        "--workers",
        type=in_range("workers", _WORKERS),
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes at a time (default: one a processor)",
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write settings and results of every run to this file")
    parser.add_argument("--quiet", action="store_true", help="no progress bar; the table stays")
    add_settings_options(parser)


def run(options: argparse.Namespace, read_picture: ReadPicture) -> int:
    """Run the sweep and return the exit code, 0, or 130 after Ctrl-C; the runs that were done are told and written.

    Raises PlaygroundError if it cannot be run to its end or the table written.
    """
    varied = [_named(text) for text in options.vary]
    for field, values in varied:
        # what is varied has no other value, which the rest might not fit
        for value in read_values(field, values)[:1]:
            setattr(options, field, value)
    base, own = run_from(options, read_picture)
    variations = tuple(parse_values(field, values, base) for field, values in varied)
    sweep = Sweep(base, variations, parse_whole_numbers(options.seeds), options.epochs)
    if options.csv is not None and not options.csv.resolve().parent.is_dir():
        raise PlaygroundError(f"There is no folder for {options.csv}; make it first or choose another.")
    done: list[tuple[Trial, Recording]] = []
    count = len(sweep.trials())
    try:
        with (
            processes(options.workers) as executor,
            tqdm(total=count, unit="run", file=sys.stderr, disable=options.quiet, dynamic_ncols=True) as bar,
        ):
            for finished in run_sweep(sweep, executor, own=own):
                done.append(finished)
                bar.update()
    except KeyboardInterrupt:
        sys.stderr.write(f"Stopped; {grouped(len(done))} of {grouped(count)} runs were done.\n")
    except PlaygroundError:
        _tell(sweep, done, options.csv)
        raise
    _tell(sweep, done, options.csv)
    return 0 if len(done) == count else INTERRUPTED


def _tell(sweep: Sweep, done: list[tuple[Trial, Recording]], csv: Path | None) -> None:
    """The table of the runs that are done, and the file, if there are any."""
    if not done:
        return
    done.sort(key=lambda finished: finished[0].number)
    sys.stdout.write(_table(sweep, done))
    if csv is not None:
        write_csv(csv, [recording for _, recording in done])
        sys.stdout.write(f"saved {csv}\n")


def _named(text: str) -> tuple[str, str]:
    """The setting, by its name in `Settings`, and its values as they were written."""
    field, equals, values = text.partition("=")
    field = field.strip().replace("-", "_")
    if field not in VARIED or not equals:
        raise SettingsError(f"--vary {text!r}: write SETTING=VALUES with one of {', '.join(VARIED)}.")
    return field, values


def _table(sweep: Sweep, done: list[tuple[Trial, Recording]]) -> str:
    """A line for each combination: the mean test accuracy over the seeds, its smallest and largest, and failures."""
    heads = [variation.label for variation in sweep.variations]
    lines = [[*heads, "test acc mean", "min", "max", "test loss", "diverged"]]
    combinations = dict.fromkeys(trial.values[:-1] for trial, _ in done)
    for values in combinations:
        found = [recording for trial, recording in done if trial.values[:-1] == values]
        good = [recording.final for recording in found if recording.final is not None and not recording.diverged]
        figures = ["-"] * 4
        if good:
            accuracies = [final.test_accuracy for final in good]
            loss = statistics.fmean(final.test_loss for final in good)
            figures = [
                *(percent(value, 2) for value in (statistics.fmean(accuracies), min(accuracies), max(accuracies))),
                f"{loss:.4f}" if math.isfinite(loss) else "-",
            ]
        texts = [variation.text(value) for variation, value in zip(sweep.variations, values, strict=True)]
        lines.append([*texts, *figures, str(len(found) - len(good)) if len(good) < len(found) else ""])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join("  ".join(map(str.rjust, line, widths)).rstrip() + "\n" for line in lines)
