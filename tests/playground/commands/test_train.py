"""`train` in a terminal: what it prints, what it leaves on the disk, and its exit codes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from main import main
from playground.augmentation import NO_AUGMENTATION, SUGGESTED_AUGMENTATION
from playground.commands import train
from playground.datasets import read_digits
from playground.errors import DivergedError
from playground.model_file import load_model
from playground.own_data.description import OwnData
from playground.session import Session
from playground.settings import Settings
from tests.playground.commands.hands import MNIST, QUICK, REPOSITORY, Captured, digit_png, program
from tests.playground.own_data.files import some_set, write_folder


def test_train_prints_loss_and_accuracy_of_both_splits_for_each_epoch(capsys: Captured) -> None:
    assert main(["train", *QUICK]) == 0
    lines = capsys.readouterr().out.splitlines()
    epochs = [line for line in lines if line.startswith("epoch")]
    assert [line.split(":")[0] for line in epochs] == ["epoch 1/2", "epoch 2/2"]
    assert all("train loss" in line and "test loss" in line and line.count("accuracy") == 2 for line in epochs)


def test_the_progress_bar_is_on_stderr_unless_quiet(capsys: Captured) -> None:
    main(["train", *QUICK[:-1]])
    assert "32/32" in capsys.readouterr().err
    main(["train", *QUICK])
    assert capsys.readouterr().err == ""


def test_train_saves_the_very_weights_of_the_session_with_these_settings(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    assert main(["train", *QUICK, "--save", str(path), "--seed", "5", "--optimizer", "adam", "--batch-size", "3"]) == 0
    model = load_model(path)
    session = Session(model.settings)
    for _ in range(2 * session.steps_per_epoch):
        session.step()
    assert model.step == session.step_count
    for name, values in session.state_dict().items():
        np.testing.assert_array_equal(model.network.state_dict()[name], values)


def test_augment_is_off_unless_it_is_asked_for(capsys: Captured, tmp_path: Path) -> None:
    for words, expected in (([], NO_AUGMENTATION), (["--augment"], SUGGESTED_AUGMENTATION)):
        assert main(["train", *QUICK, *words, "--save", str(tmp_path / "m.safetensors")]) == 0
        assert ("augmented" in capsys.readouterr().out) == bool(words)
        assert load_model(tmp_path / "m.safetensors").settings.augmentation == expected


def test_every_option_reaches_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    words = (
        "--dataset shapes --classes cross circle --kernel-size 7 --filters 2 3 --batch-size 200 --learning-rate 0.02"
    )
    others = "--optimizer momentum --epochs 1 --seed 8 --quiet --save"
    assert main(["train", *words.split(), *others.split(), str(path)]) == 0
    assert load_model(path).settings == Settings("shapes", (3, 0), 7, (2, 3), 200, 0.02, "momentum", 8)


def test_a_place_that_cannot_be_written_is_said_before_training(capsys: Captured, tmp_path: Path) -> None:
    assert main(["train", *QUICK, "--save", str(tmp_path / "nowhere" / "m")]) == 1
    captured = capsys.readouterr()
    assert "cannot be written" in captured.err
    assert "epoch" not in captured.out


def test_a_run_that_diverges_exits_with_1_and_keeps_the_older_model(
    capsys: Captured, model_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = model_path.read_bytes()

    def poisoned(self: Session) -> float:
        raise DivergedError("Training diverged at step 1: z1 is no longer finite.")

    monkeypatch.setattr(Session, "step", poisoned)
    assert main(["train", *QUICK, "--save", str(model_path)]) == 1
    assert "error: Training diverged" in capsys.readouterr().err
    assert model_path.read_bytes() == before


def test_a_run_that_goes_wrong_without_diverging_is_warned_about(capsys: Captured) -> None:
    code = main(["train", "--learning-rate", "10", "--batch-size", "64", "--epochs", "1", "--quiet"])
    assert code == 0
    assert "warning: " in capsys.readouterr().err


def test_ctrl_c_stops_between_two_steps_and_saves(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    running = program("train", "--dataset", "blackboard-3x3", "--epochs", "100000", "--quiet", "--save", str(path))
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("epoch 1/"):
            break
    running.send_signal(signal.SIGINT)
    with running:
        # not communicate(): it would miss what the loop above has read ahead
        rest = running.stdout.read()
        assert running.stderr is not None
        errors = running.stderr.read()
    assert running.returncode == train.INTERRUPTED == 130
    assert "stopped at step" in rest
    assert "Traceback" not in errors
    assert load_model(path).step > 0


def test_train_learns_from_a_folder_and_classify_knows_its_pictures(capsys: Captured, tmp_path: Path) -> None:
    for digit in (3, 8):
        (tmp_path / "set" / f"digit {digit}").mkdir(parents=True)
        for number in range(20):
            digit_png(tmp_path / "set" / f"digit {digit}" / f"{number}.png", digit, number)
    model = tmp_path / "m.safetensors"
    words = ["--dataset", str(tmp_path / "set"), "--epochs", "20", "--quiet", "--save", str(model)]
    assert main(["train", *words]) == 0
    printed = capsys.readouterr()
    assert "set digit 3 digit 8: 32 training and 8 test images" in printed.out
    own = load_model(model).settings.own
    assert own is not None
    assert (own.image_size, own.channels, own.inverted) == (28, 1, True)
    pictures = [str(tmp_path / "set" / f"digit {digit}" / "0.png") for digit in (3, 8)]
    assert main(["classify", "--json", "--model", str(model), *pictures, str(tmp_path / "set")]) == 0
    *one_by_one, whole = json.loads(capsys.readouterr().out)
    assert [result["class"] for result in one_by_one] == ["digit 3", "digit 8"]
    assert whole["images"] == 40
    assert whole["right"] >= 36


def test_options_for_own_data_reach_the_images(tmp_path: Path) -> None:
    write_folder(tmp_path / "set", some_set(24, size=40, channels=3))
    model = tmp_path / "m.safetensors"
    words = "--classes c a --image-size 16 --color grey --invert --test-share 0.5 --epochs 1 --quiet --save"
    assert main(["train", "--dataset", str(tmp_path / "set"), *words.split(), str(model)]) == 0
    settings = load_model(model).settings
    assert settings.own == OwnData("set", ("c", "a"), 16, 1, "picture", inverted=True)
    assert load_model(model).class_names == ("c", "a")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--image-size", "5"], 2, "image size is 5; it must be a whole number from 8 to 64"),
        (["--classes", "a", "z"], 2, "set has no class 'z'; its classes are a, b, c"),
        (["--classes", "a"], 1, "at least two classes"),
    ],
)
def test_what_does_not_fit_own_data_is_said(
    capsys: Captured, tmp_path: Path, words: list[str], code: int, message: str
) -> None:
    write_folder(tmp_path / "set", some_set())
    assert main(["train", "--dataset", str(tmp_path / "set"), *words]) == code
    assert message in capsys.readouterr().err


def test_what_was_left_out_is_said_and_what_is_no_data_ends_the_command(capsys: Captured, tmp_path: Path) -> None:
    write_folder(tmp_path / "set", some_set())
    (tmp_path / "set" / "a" / "bad.png").write_text("no picture", encoding="utf-8")
    assert main(["train", "--dataset", str(tmp_path / "set"), "--epochs", "1", "--quiet"]) == 0
    assert "note: 1 file is left out:" in capsys.readouterr().err
    assert main(["train", "--dataset", str(tmp_path / "set" / "a" / "bad.png")]) == 1
    assert "is no data set; name a folder" in capsys.readouterr().err


def test_training_on_numbers_needs_no_qt(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=read_digits("test")[:2, :9].reshape(-1, 28, 28), labels=np.repeat([0, 1], 9))
    script = (
        "import sys\nfrom main import main\n"
        "assert main(['train', '--epochs', '1', '--quiet', '--dataset', sys.argv[1]]) == 0\n"
        "assert not any(name.startswith('PySide6') for name in sys.modules), 'Qt was loaded'"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "a.npz")]
    ended = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.skipif(not MNIST.is_dir(), reason="the whole of MNIST is not beside the repository")
@pytest.mark.timeout(600)
def test_the_whole_of_mnist_reaches_98_5_percent_with_the_defaults(capsys: Captured, tmp_path: Path) -> None:
    # slow, half a minute: ten digits, two conv blocks, three epochs over 60 000 images
    model = tmp_path / "m.safetensors"
    assert main(["train", "--dataset", str(MNIST), "--quiet", "--save", str(model)]) == 0
    assert "8 and 16 filters 5×5" in capsys.readouterr().out
    assert main(["classify", "--json", "--model", str(model), str(MNIST)]) == 0
    [result] = json.loads(capsys.readouterr().out)
    assert (result["split"], result["images"]) == ("test", 10_000)
    assert result["accuracy"] >= 0.985
