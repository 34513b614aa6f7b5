"""The program in a terminal: what it prints, what it leaves on the disk, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from core import gradient_probe
from core.arrays import Array
from core.fast_path import NumpyPart, choice
from main import main
from playground.augmentation import NO_AUGMENTATION, SUGGESTED_AUGMENTATION
from playground.commands import train
from playground.commands.standard_error import without_lines
from playground.datasets import read_digits
from playground.errors import DivergedError, ImageError
from playground.model_file import load_model, save_model
from playground.notation.numbers import chosen_number
from playground.own_data.description import OwnData
from playground.prediction import make_network
from playground.session import Session
from playground.settings import CHOICES, RANGES, Settings
from tests.playground.own_data.files import some_set, write_folder

REPOSITORY = Path(__file__).resolve().parents[2]
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


@pytest.fixture
def model_path(tmp_path: Path) -> Path:
    settings = Settings(filters=(2,))
    save_model(tmp_path / "model.safetensors", settings, make_network(settings).state_dict())
    return tmp_path / "model.safetensors"


# --- train ----------------------------------------------------------------------------------------------------------


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


# --- classify -------------------------------------------------------------------------------------------------------


def test_classify_prints_the_class_and_all_probabilities(capsys: Captured, model_path: Path, tmp_path: Path) -> None:
    picture = digit_png(tmp_path / "a.png")
    assert main(["classify", "--model", str(model_path), str(picture)]) == 0
    line = capsys.readouterr().out.strip()
    assert line.startswith(f"{picture}: ")
    assert "(3 " in line
    assert "8 " in line


def test_a_bad_file_is_reported_and_the_others_are_still_classified(
    capsys: Captured, model_path: Path, tmp_path: Path
) -> None:
    good = [digit_png(tmp_path / f"{digit}.png", digit) for digit in (3, 8)]
    (tmp_path / "bad.png").write_text("no picture", encoding="utf-8")
    blank = QImage(50, 50, QImage.Format.Format_Grayscale8)
    blank.fill(255)
    blank.save(str(tmp_path / "blank.png"))
    files = [good[0], tmp_path / "bad.png", tmp_path / "blank.png", good[1]]
    assert main(["classify", "--json", "--model", str(model_path), *map(str, files)]) == 1
    captured = capsys.readouterr()
    results = json.loads(captured.out)
    assert [result["file"] for result in results] == [str(file) for file in files]
    assert ["error" in result for result in results] == [False, True, True, False]
    assert sum(results[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert f"error: {files[1]} is not a PNG" in captured.err
    assert f"error: {files[2]}: The picture has no ink" in captured.err


def test_a_damaged_picture_is_told_in_one_sentence_without_the_words_of_its_decoder(
    model_path: Path, tmp_path: Path
) -> None:
    whole = digit_png(tmp_path / "a.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[:-40])
    QImage(str(tmp_path / "a.png")).save(str(tmp_path / "a.jpg"))
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:-40])
    damaged = [str(tmp_path / name) for name in ("cut.png", "cut.jpg")]
    # by Qt's own handler of messages, which the tests replace
    with program("classify", "--model", str(model_path), *damaged) as process:
        said = process.communicate(timeout=60)[1].splitlines()
    assert [line.split(" is damaged")[0] for line in said] == [f"error: {name}" for name in damaged]


def test_what_is_left_out_of_standard_error_are_the_lines_that_begin_so_and_no_others(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def decode() -> None:
        with without_lines("libpng "):
            for line in (b"libpng error: no\n", b"an error of libpng \n", b"no newline"):
                os.write(2, line)
            raise ImageError("broken")

    with pytest.raises(ImageError):
        decode()
    os.write(2, b"libpng later")
    assert capfd.readouterr().err == "an error of libpng \nno newlinelibpng later"


def test_a_model_that_cannot_be_loaded_is_an_error_in_words(capsys: Captured, tmp_path: Path) -> None:
    picture = digit_png(tmp_path / "a.png")
    assert main(["classify", "--model", str(picture), str(picture)]) == 1
    captured = capsys.readouterr()
    assert "not a safetensors file" in captured.err
    assert captured.out == ""


def test_classify_without_qts_libraries_says_what_to_install(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, model_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ui.classify.image_files", None)  # the import fails, as with a library missing
    assert main(["classify", "--model", str(model_path), "any.png"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: pictures cannot be read")
    assert "apt-get install" in told


def test_nine_in_ten_scanned_test_images_are_classified_right(capsys: Captured, tmp_path: Path) -> None:
    # slow, 2 to 8 s: a ten-digit model is trained for it
    model = tmp_path / "ten.safetensors"
    words = "--filters 8 --kernel-size 5 --optimizer momentum --learning-rate 0.05 --epochs 1 --quiet"
    assert main(["train", "--classes", *"0123456789", *words.split(), "--save", str(model)]) == 0
    capsys.readouterr()
    files = [digit_png(tmp_path / f"{d}-{n}.png", d, n) for d in range(10) for n in range(20)]
    assert main(["classify", "--json", "--model", str(model), *map(str, files)]) == 0
    results = json.loads(capsys.readouterr().out)
    right = sum(result["class"] == Path(result["file"]).name[0] for result in results)
    assert right / len(files) >= 0.9


# --- check ----------------------------------------------------------------------------------------------------------


def test_check_prints_a_row_for_every_derivative(capsys: Captured) -> None:
    assert main(["check", "--dataset", "blackboard-5x5"]) == 0
    rows = capsys.readouterr().out.splitlines()
    names = [row.split()[0] for row in rows[1:-2]]
    assert names == [f"∂L/∂{name}" for name in ("A2", "z2", "w2", "b2", "F", "P1", "A1", "z1", "w1", "b1")]
    assert all(row.endswith("ok") for row in rows[1:-2])


def test_check_says_how_many_cells_were_not_drawn_and_how_many_have_a_kink(capsys: Captured) -> None:
    assert main(["check", "--dataset", "blackboard-5x5", "--cells", "2"]) == 0
    rows = capsys.readouterr().out.splitlines()
    compared, kinks, total = (sum(int(row.split()[column]) for row in rows[1:-2]) for column in (2, 3, 4))
    assert f"{compared} of {total} cells compared, {total - compared - kinks} not drawn" in rows[-2]
    assert ("kink" in rows[-2]) == (kinks > 0)


def test_check_compares_the_training_step_with_the_layers(capsys: Captured) -> None:
    assert main(["check", "--filters", "3", "4", "--kernel-size", "3", "--cells", "5"]) == 0
    found = re.search(
        r"training step \(NumPy .*\) has the gradients of these layers to (.*)\.$", capsys.readouterr().out
    )
    assert found is not None
    # in float32: not the same, and no farther than rounding
    assert 0 < float(found[1].replace("−", "-")) < 1e-5


def test_check_fails_if_training_takes_other_gradients_than_are_shown(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Biased(NumpyPart):
        def _backward_blocks(self, grads: list[tuple[Array, Array]]) -> None:
            weight, _ = grads[0]
            super()._backward_blocks(grads)
            weight[0, 0, 0, 0] *= 1.01

    monkeypatch.setattr(choice, "compiled_part", lambda: Biased)
    assert main(["check", "--cells", "5"]) == 1
    assert "OTHER gradients" in capsys.readouterr().out


def test_a_complete_check_says_nothing_of_cells_not_drawn(capsys: Captured) -> None:
    assert main(["check", "--dataset", "blackboard-3x3"]) == 0
    assert "not drawn" not in capsys.readouterr().out


def test_check_works_for_more_blocks_and_softmax(capsys: Captured) -> None:
    assert (
        main(["check", "--filters", "2", "3", "--kernel-size", "3", "--classes", "0", "1", "2", "--cells", "20"]) == 0
    )
    assert "∂L/∂w3" in capsys.readouterr().out


def test_check_fails_with_1_if_a_derivative_is_wrong(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    true_trace: Callable[..., object] = gradient_probe.trace

    def wrong(*arguments: object) -> object:
        found = true_trace(*arguments)
        found.arrays["dw1"].flags.writeable = True  # type: ignore[attr-defined]
        found.arrays["dw1"][...] *= 1.01  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(gradient_probe, "trace", wrong)
    assert main(["check", "--dataset", "blackboard-3x3"]) == 1
    captured = capsys.readouterr().out
    assert "1 of 10 derivatives do not agree: dw1" in captured
    assert captured.count("WRONG") == 1


# --- the program ----------------------------------------------------------------------------------------------------


def test_the_help_lists_every_command() -> None:
    ended = program("--help")
    out, _ = ended.communicate(timeout=20)
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


def test_a_terminal_of_another_encoding_still_gets_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    ended = program("check", "--dataset", "blackboard-3x3")
    out, err = ended.communicate(timeout=20)
    assert (ended.returncode, err) == (0, "")
    assert "/\\u2202w1" in out


# --- own data -------------------------------------------------------------------------------------------------------


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


def test_check_takes_coloured_own_data(capsys: Captured, tmp_path: Path) -> None:
    write_folder(tmp_path / "set", some_set(channels=3))
    assert main(["check", "--dataset", str(tmp_path / "set"), "--cells", "20"]) == 0
    assert "∂L/∂w1" in capsys.readouterr().out


def test_classify_takes_each_picture_of_a_folder_and_leaves_out_what_is_none(
    capsys: Captured, model_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "my_other_pictures"
    folder.mkdir()
    for name in ("10.png", "9.png"):
        digit_png(folder / name, 3, 0)
    (folder / "notes.txt").write_text("not a picture", encoding="utf-8")
    assert main(["classify", "--json", "--model", str(model_path), str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [Path(result["file"]).name for result in found] == ["9.png", "10.png"]
    assert all("class" in result for result in found)


def test_classify_says_of_an_empty_folder_what_would_work(capsys: Captured, model_path: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["classify", "--model", str(model_path), str(tmp_path / "empty")]) == 1
    assert "empty holds no data set" in capsys.readouterr().err


def test_classify_says_which_classes_a_model_does_not_know(capsys: Captured, model_path: Path, tmp_path: Path) -> None:
    images = read_digits("test")[:, :4].reshape(-1, 28, 28)
    np.savez(tmp_path / "a.npz", images=images, labels=np.repeat(np.arange(10), 4))
    assert main(["classify", "--model", str(model_path), str(tmp_path / "a.npz")]) == 0
    printed = capsys.readouterr()
    assert "of 8 images are right" in printed.out
    assert "note: The model knows no 0, 1, 2, 4, 5, 6, 7, 9: left out." in printed.err
    np.savez(tmp_path / "b.npz", images=images, labels=np.repeat(["x", "y"], 20))
    assert main(["classify", "--model", str(model_path), str(tmp_path / "b.npz")]) == 1
    assert "has no images of 3, 8 that can be used; its classes are x, y" in capsys.readouterr().err


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
