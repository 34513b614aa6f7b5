"""The program as a shell starts it, and pictures for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from playground.datasets import read_digits

REPOSITORY = Path(__file__).resolve().parents[3]
MNIST = REPOSITORY.parent / "shared" / "data" / "mnist"
Captured = pytest.CaptureFixture[str]

QUICK = ["--dataset", "blackboard-3x3", "--epochs", "2", "--quiet"]


def program(*arguments: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "main.py", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": REPOSITORY}
    return subprocess.Popen(command, **pipes, **options)  # type: ignore[call-overload,no-any-return]


def digit_png(path: Path, digit: int = 3, number: int = 0) -> Path:
    """A test image of MNIST as somebody would scan it: 280×280, black on white."""
    pixels = 255 - read_digits("test")[digit, number].repeat(10, axis=0).repeat(10, axis=1)
    assert QImage(pixels.data, 280, 280, 280, QImage.Format.Format_Grayscale8).save(str(path))
    return path
