"""The CNN playground: without arguments its window; `train`, `classify`, `export` and `check` work in a terminal."""

from __future__ import annotations

import argparse
import difflib
import functools
import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from playground.commands import check, classify, export, sweep, train
from playground.commands.standard_error import without_lines
from playground.errors import PlaygroundError, SettingsError, reason_of
from playground.own_data.source import Pixels

USAGE_ERROR = 2
_WRONG_CHOICE = re.compile(r"invalid choice: '([^']*)'")


class _Parser(argparse.ArgumentParser):
    """Says of a mistyped command which one may have been meant."""

    def error(self, message: str) -> NoReturn:
        wrong = _WRONG_CHOICE.search(message)
        known = [name for action in self._actions for name in action.choices or ()]
        near = difflib.get_close_matches(wrong[1], known, n=1) if wrong else []
        super().error(message + (f"; did you mean {near[0]}?" if near else ""))


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; `options.run` is what a command does, `options.parser` tells how it is used."""
    parser = _Parser(
        prog="main.py",
        description="Train a small CNN and watch every derivative of the chain rule. No command: the window opens.",
    )
    commands = parser.add_subparsers(title="commands", dest="command", metavar="{train,classify,export,sweep,check}")
    for module, run, summary in (
        (train, train.run, "train a network on built-in data or your own and save it"),
        (classify, classify.run, "say what a saved model sees in pictures, and how often it is right"),
        (export, export.run, "write a saved model for other programs: ONNX, PyTorch"),
        (sweep, sweep.run, "train a run for each value of a setting or two, in processes, and compare them"),
        (check, check.run, "compare every derivative with central differences"),
    ):
        name = module.__name__.rpartition(".")[2]
        command = commands.add_parser(name, help=summary, description=(module.__doc__ or "").partition(": ")[2])
        module.add_options(command)
        command.set_defaults(run=functools.partial(run, read_picture=_read_picture), parser=command)
    return parser


def _read_picture(path: Path) -> Pixels:
    """Decode a picture, which needs Qt; nothing else here does. Raises PlaygroundError if Qt misses libraries."""
    try:
        from ui.classify.image_files import DECODERS, read_picture_file  # noqa: PLC0415
    except ImportError as error:
        from ui.qt_requirements import cannot_start_message  # noqa: PLC0415

        message = cannot_start_message(str(error), window=False, heading="pictures cannot be read")
        raise PlaygroundError(message.rstrip()) from error
    # what is wrong with a picture is said once, in a sentence that names the file
    with without_lines(*DECODERS):
        return read_picture_file(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, or the window if there is none, and return the exit code: 0, 1 for failure, 2 for bad usage."""
    _make_streams_usable()
    try:
        try:
            options = build_parser().parse_args(arguments)
            if options.command is not None:
                return _run(options)
        finally:
            # what cannot be written shows here, and not when the interpreter ends
            sys.stdout.flush()
    except BrokenPipeError:
        # whoever read our output has left, as `head` does; there is nobody to tell
        _write_no_more()
        return 1
    except OSError as error:
        if error.filename is not None:
            raise  # whoever opens a file says what is wrong with it: this is a mistake of ours
        _write_no_more()
        sys.stderr.write(f"error: The output cannot be written ({reason_of(error)}).\n")
        return 1
    from ui.app import run_app  # noqa: PLC0415

    return run_app(sys.argv[:1])


def _run(options: argparse.Namespace) -> int:
    try:
        exit_code: int = options.run(options)
    except SettingsError as error:
        options.parser.print_usage(sys.stderr)
        sys.stderr.write(f"error: {error}\n")
        return USAGE_ERROR
    except PlaygroundError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        return train.INTERRUPTED
    return exit_code


def _make_streams_usable() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            # closed by who started us, or a window without a terminal: nobody wants to read it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif isinstance(stream, io.TextIOWrapper):
            # signs such as ∂, and names of files in another encoding, must not end a run
            stream.reconfigure(errors="backslashreplace")


def _write_no_more() -> None:
    """Let what is still to be written to the output go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
