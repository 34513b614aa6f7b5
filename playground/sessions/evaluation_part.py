"""Where the evaluations of a session stand, in its file: figures, the one in progress, the last good weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.datasets import Dataset
from playground.evaluation import Evaluation, EvaluationPlan, ImageResults, Tally
from playground.evaluation_schedule import SLICE, Checkpoint, EvaluationState
from playground.sessions.parts import MAX_STEP, DamagedError, Packing, Unpacking, number, whole

__all__ = ["pack_evaluations", "unpack_evaluations"]

_FIGURES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
_NEWEST = [f"evaluations/{split}/{part}" for split in ("train", "test") for part in ("rows", "classes", "figures")]
_COUNTS = ("train_images", "train_total", "test_images")


def pack_evaluations(state: EvaluationState, dataset: Dataset, packing: Packing) -> dict[str, Any]:
    """The plain values; what was found of each image goes to `packing`, if it is of the images that there are now."""
    newest, running = state.newest, state.running
    packing.put_all("evaluations/good/", state.last_good.weights)
    packing.put_all("evaluations/began/", state.began_at.weights)
    return {
        "credit": state.credit,
        "edited": state.edited,
        "first_loss": state.first_loss,
        "good": state.last_good.step,
        "began": state.began_at.step,
        "newest": None if newest is None else packing.once(newest, lambda: _pack_newest(newest, dataset, packing)),
        "running": None
        if running is None
        else [_pack_tally(f"evaluations/running{place}", tally, packing) for place, tally in enumerate(running)],
    }


def unpack_evaluations(
    plain: Mapping[str, Any], plan: EvaluationPlan, weights: Mapping[str, Array], unpacking: Unpacking
) -> EvaluationState:
    """Where they stood; a ValueError, KeyError or TypeError if they cannot have."""
    dataset = plan.images.dataset
    credit = number(plain["credit"], "the credit of evaluations")
    if not 0 <= credit < SLICE:
        # each step would evaluate images without end
        raise DamagedError("more images wait to be evaluated than can")
    running = None
    if plain["running"] is not None:
        train, test = (
            _unpack_tally(f"evaluations/running{place}", tally, len(rows), dataset, unpacking)
            for place, (tally, rows) in enumerate(zip(plain["running"], (plan.train, plan.test), strict=True))
        )
        if (test.done and train.done < len(plan.train)) or test.done == len(plan.test):
            raise DamagedError("the evaluation in progress cannot be where it is")
        running = train, test
    return EvaluationState(
        newest=None
        if plain["newest"] is None
        else unpacking.shared(_NEWEST, lambda: _unpack_newest(plain["newest"], dataset, unpacking)),
        credit=credit,
        edited=plain["edited"] is True,
        first_loss=number(plain["first_loss"], "the first loss", finite=False),
        last_good=_checkpoint("good", plain, weights, unpacking),
        began_at=_checkpoint("began", plain, weights, unpacking),
        running=running,
    )


def _checkpoint(name: str, plain: Mapping[str, Any], weights: Mapping[str, Array], unpacking: Unpacking) -> Checkpoint:
    step = whole(plain[name], 0, MAX_STEP, "the step of an evaluation")
    folder = f"evaluations/{name}/"
    return unpacking.shared(
        [f"{folder}{key}" for key in weights], lambda: Checkpoint(step, unpacking.take_all(folder, weights))
    )


# --- complete figures -------------------------------------------------------------------------------------------


def _pack_newest(found: Evaluation, dataset: Dataset, packing: Packing) -> dict[str, Any]:
    images = None
    if found.dataset is dataset and found.train is not None and found.test is not None:
        images = [
            _pack_results(f"evaluations/{split}", results, packing)
            for split, results in (("train", found.train), ("test", found.test))
        ]
    plain = {name: getattr(found, name) for name in (*_FIGURES, *_COUNTS)}
    return {**plain, "step": found.step, "images": images}


def _unpack_newest(plain: Mapping[str, Any], dataset: Dataset, unpacking: Unpacking) -> Evaluation:
    results: list[ImageResults | None] = [None, None]
    if plain["images"] is not None:
        labels = {"train": dataset.y_train, "test": dataset.y_test}
        results = [
            _unpack_results(f"evaluations/{split}", count, len(labels[split]), dataset, unpacking)
            for split, count in zip(("train", "test"), plain["images"], strict=True)
        ]
    return Evaluation(
        step=whole(plain["step"], 0, MAX_STEP, "the step of an evaluation"),
        **{name: number(plain[name], name, finite=False) for name in _FIGURES},  # type: ignore[arg-type]
        **{name: whole(plain[name], 0, MAX_STEP, name) for name in _COUNTS},
        train=results[0],
        test=results[1],
        dataset=dataset if results[0] is not None else None,
    )


def _pack_results(name: str, results: ImageResults, packing: Packing) -> int:
    packing.put(f"{name}/rows", results.rows.astype(np.int64, copy=False))
    _pack_columns(name, (results.labels, results.predicted), (results.confidence, results.losses), packing)
    return len(results.rows)


def _unpack_results(name: str, count: object, most: int, dataset: Dataset, unpacking: Unpacking) -> ImageResults:
    length = whole(count, 0, most, "the number of images evaluated")
    rows = unpacking.take(f"{name}/rows", (length,), "I64").astype(np.intp)
    if length and (rows[0] < 0 or rows[-1] >= most or (np.diff(rows) <= 0).any()):
        raise DamagedError(f"{name} is about images that there are not")
    rows.flags.writeable = False
    return ImageResults(rows, *_unpack_columns(name, length, dataset, unpacking))


# --- figures in progress ----------------------------------------------------------------------------------------


def _pack_tally(name: str, tally: Tally, packing: Packing) -> dict[str, Any]:
    if tally.parts:
        labels, predicted, confidence, losses = map(np.concatenate, zip(*tally.parts, strict=True))
        _pack_columns(name, (labels, predicted), (confidence, losses), packing)
    return {"done": tally.done, "loss_sum": tally.loss_sum, "hits": tally.hits}


def _unpack_tally(name: str, plain: Mapping[str, Any], most: int, dataset: Dataset, unpacking: Unpacking) -> Tally:
    done = whole(plain["done"], 0, most, "the number of images evaluated")
    parts = (_unpack_columns(name, done, dataset, unpacking),) if done else ()
    loss_sum = number(plain["loss_sum"], "a sum of losses", finite=False)
    return Tally(done, loss_sum, whole(plain["hits"], 0, done, "the number of right answers"), parts)


def _pack_columns(
    name: str, classes: tuple[NDArray[np.int64], NDArray[np.int64]], figures: tuple[Array, Array], packing: Packing
) -> None:
    packing.put(f"{name}/classes", np.stack(classes).astype(np.uint8))
    packing.put(f"{name}/figures", np.stack(figures).astype(np.float32, copy=False))


def _unpack_columns(
    name: str, count: int, dataset: Dataset, unpacking: Unpacking
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array, Array]:
    classes = unpacking.take(f"{name}/classes", (2, count), "U8").astype(np.int64)
    if classes.max(initial=0) >= len(dataset.class_names):
        raise DamagedError(f"{name} has classes that there are not")
    figures = unpacking.take(f"{name}/figures", (2, count), finite=False)
    classes.flags.writeable = False
    return classes[0], classes[1], figures[0], figures[1]
