"""The program in a terminal, whatever the command: usage, help, and what is loaded."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from main import main
from playground.notation.numbers import chosen_number
from playground.settings import CHOICES, RANGES
from tests.playground.commands.hands import QUICK, REPOSITORY, Captured, program


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--kernel-size", "12"], "kernel size is 12; it must be a whole number from 1 to 11"),
        (["--kernel-size", "three"], "'three' is not a whole number"),
        (["--learning-rate", "nan"], "must be a number from 1e−5 to 10"),
        (["--epochs", "0"], "must be a whole number from 1"),
        (["--filters", "4", "4", "4", "4"], "the number of conv blocks"),
        (["--kernel-size", "11", "--filters", "4", "4"], "do not fit images"),
        (["--classes", "3"], "classes 3; name at least two different ones"),
        (["--classes", "3", "cat"], "no class 'cat'; its classes are 0, 1"),
        (["--dataset", "letters"], "no data set 'letters'; choose one of digits, shapes"),
        (["--image-size", "20"], "image size is for your own data; digits is built in"),
        (["--power", "9"], "unrecognized arguments"),
    ],
)
def test_bad_usage_exits_with_2_and_says_what_would_work(capsys: Captured, arguments: list[str], message: str) -> None:
    try:
        code = main(["train", *arguments])
    except SystemExit as exit_:
        code = exit_.code  # type: ignore[assignment]
    captured = capsys.readouterr()
    assert code == 2
    assert message in captured.err
    assert captured.out == ""


def test_a_mistyped_command_is_answered_with_the_one_that_is_near(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["trian"])
    assert ended.value.code == 2
    assert "did you mean train?" in capsys.readouterr().err


def test_help_shows_every_range_and_choice(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    for name in ("kernel_size", "batch_size", "learning_rate", "seed"):
        shown = f"from {chosen_number(RANGES[name].minimum)} to {chosen_number(RANGES[name].maximum)}"
        assert shown.replace("\u202f", " ") in text
    for words in CHOICES.values():
        assert all(word in text for word in words)


def test_the_help_lists_every_command() -> None:
    ended = program("--help")
    out, _ = ended.communicate(timeout=60)
    assert ended.returncode == 0
    assert all(command in out for command in ("train", "classify", "check"))


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--dataset", "blackboard-3x3"], ["train", *QUICK]])
def test_only_classify_and_the_window_load_qt(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom main import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "assert not any(name.startswith('PySide6') for name in sys.modules), 'Qt was loaded'"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_a_reader_that_leaves_early_does_not_end_in_a_traceback() -> None:
    with program("check", "--dataset", "blackboard-3x3") as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        errors = running.stderr.read()
    assert running.returncode == 1
    assert errors == ""


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no device that is full")
def test_a_full_disk_at_the_end_of_the_output_is_said_in_a_sentence() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "main.py", "check", "--dataset", "blackboard-3x3"],
            cwd=REPOSITORY,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr == "error: The output cannot be written (No space left on device).\n"


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by a shell")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_command_does_its_work_though_nobody_reads_its_output(closed: str, tmp_path: Path) -> None:
    model = tmp_path / "m.safetensors"
    command = shlex.join([sys.executable, "main.py", "train", "--dataset", "blackboard-3x3", "--epochs", "1"])
    ended = subprocess.run(
        ["sh", "-c", f"{command} --save {shlex.quote(str(model))} {closed}"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr
    assert model.is_file()


def test_a_terminal_of_another_encoding_still_gets_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    ended = program("check", "--dataset", "blackboard-3x3")
    out, err = ended.communicate(timeout=60)
    assert (ended.returncode, err) == (0, "")
    assert "/\\u2202w1" in out
