"""The whole command line: what is understood, and which command answers."""

from __future__ import annotations

import argparse
import difflib
import functools
import re
from typing import NoReturn

from playground.commands import check, classify, export, sweep, train
from playground.own_data.source import ReadPicture

__all__ = ["build_parser"]

_WRONG_CHOICE = re.compile(r"invalid choice: '([^']*)'")


class _Parser(argparse.ArgumentParser):
    """Says of a mistyped command which one may have been meant."""

    def error(self, message: str) -> NoReturn:
        wrong = _WRONG_CHOICE.search(message)
        known = [name for action in self._actions for name in action.choices or ()]
        near = difflib.get_close_matches(wrong[1], known, n=1) if wrong else []
        super().error(message + (f"; did you mean {near[0]}?" if near else ""))


def build_parser(read_picture: ReadPicture) -> argparse.ArgumentParser:
    """The parser of all commands; `options.run` is what a command does, `options.parser` tells how it is used.

    read_picture: decodes a picture, for the commands that look at some.
    """
    parser = _Parser(
        prog="main.py",
        description="Train a small CNN and watch every derivative of the chain rule. No command: the window opens.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="{train,classify,export,sweep,check}")
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
        command.set_defaults(run=functools.partial(run, read_picture=read_picture), parser=command)
    return parser
