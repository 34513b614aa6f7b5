"""The CNN playground: without arguments its window; `train`, `classify`, `export` and `check` work in a terminal.

What only the commands need is loaded for a command: the window opens without it.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from playground.errors import PlaygroundError, SettingsError, reason_of

if TYPE_CHECKING:
    from playground.own_data.source import Pixels

USAGE_ERROR = 2


def _read_picture(path: Path) -> Pixels:
    """Decode a picture, which needs Qt; nothing else here does. Raises PlaygroundError if Qt misses libraries."""
    from playground.commands.standard_error import without_lines  # noqa: PLC0415

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
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments:
        return _run_in_terminal(arguments)
    from ui.app import run_app  # noqa: PLC0415

    return run_app(sys.argv[:1])


def _run_in_terminal(arguments: Sequence[str]) -> int:
    """Run a command and see that its output was written, as far as anybody reads it."""
    try:
        try:
            return _run(arguments)
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


def _run(arguments: Sequence[str]) -> int:
    from playground.commands.command_line import build_parser  # noqa: PLC0415
    from playground.commands.train import INTERRUPTED  # noqa: PLC0415

    options = build_parser(_read_picture).parse_args(arguments)
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
        return INTERRUPTED
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
