"""The state of a session in its file: weights, optimiser, order of the images, what was changed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.data_order import OrderState
from playground.datasets import Dataset
from playground.edits import LARGEST, Edit, EditsState
from playground.evaluation import EvaluationPlan
from playground.learner import make_optimizer
from playground.sample_ref import SampleRef
from playground.session_state import SessionState
from playground.sessions.evaluation_part import pack_evaluations, unpack_evaluations
from playground.sessions.parts import MAX_STEP, DamagedError, Packing, Unpacking, number, text, whole
from playground.settings import Settings

__all__ = ["MAX_EDITS", "pack_state", "sample_from", "unpack_state"]

MAX_EDITS = 5_000
"""Changes by hand that can be undone after a session was opened; of more a file keeps the newest."""

_MAX_EDITED_IMAGES = 100_000


def pack_state(state: SessionState, packing: Packing) -> dict[str, Any]:
    """The plain values of a state; its arrays go to `packing`. Its data set is not part of it."""
    packing.put_all("", state.weights)
    packing.put_all("gradients/", state.gradients)
    memory = {kind: value for kind, value in state.optimizer_state.items() if isinstance(value, Mapping)}
    for kind, arrays in memory.items():
        packing.put_all(f"optimizer/{kind}/", arrays)
    packing.put("order", state.order.order.astype(np.int64, copy=False))
    return {
        "settings": state.settings.to_dict(),
        "step": state.step,
        "batch_loss": state.batch_loss,
        "has_gradients": bool(state.gradients),
        "optimizer": {
            "steps": state.optimizer_state["steps"],
            "learning_rate": state.optimizer_state["learning_rate"],
            "memory": {kind: list(arrays) for kind, arrays in memory.items()},
        },
        "order": {
            "epoch": state.order.epoch,
            "position": state.order.position,
            "generator": dict(state.order.generator),
        },
        "edits": _pack_edits(state.edits, packing),
        "evaluations": pack_evaluations(state.evaluations, state.dataset, packing),
    }


def unpack_state(
    plain: Mapping[str, Any],
    settings: Settings,
    plan: EvaluationPlan,
    weights: Mapping[str, Array],
    unpacking: Unpacking,
) -> SessionState:
    """The state of a session on the images of a plan; a ValueError, KeyError or TypeError if it cannot be.

    weights: of a network of these settings, whose names and shapes the file must have.
    """
    dataset = plan.images.dataset
    step = whole(plain["step"], 0, MAX_STEP, "step")
    return SessionState(
        settings=settings,
        dataset=dataset,
        step=step,
        weights=unpacking.take_all("", weights),
        gradients=unpacking.take_all("gradients/", weights) if plain["has_gradients"] else {},
        optimizer_state=_unpack_optimizer(plain["optimizer"], settings, weights, unpacking),
        order=_unpack_order(plain["order"], len(plan.images.dataset.x_train), unpacking),
        batch_loss=None if plain["batch_loss"] is None else number(plain["batch_loss"], "the loss"),
        edits=_unpack_edits(plain["edits"], dataset, weights, step, unpacking),
        evaluations=unpack_evaluations(plain["evaluations"], plan, weights, unpacking),
    )


def _unpack_optimizer(
    plain: Mapping[str, Any], settings: Settings, weights: Mapping[str, Array], unpacking: Unpacking
) -> dict[str, Any]:
    kinds = make_optimizer(settings).state_dict().keys() - {"steps", "learning_rate"}
    if set(plain["memory"]) != kinds:
        raise DamagedError(f"{settings.optimizer} has other averages than its optimiser")
    state: dict[str, Any] = {}
    for kind in kinds:
        # frozen parameters have none, nor has any before the first step
        state[kind] = unpacking.take_all(f"optimizer/{kind}/", {name: weights[name] for name in plain["memory"][kind]})
    rate = number(plain["learning_rate"], "the learning rate")
    if rate != settings.learning_rate:
        raise DamagedError("the optimiser has another learning rate than the settings")
    return {"steps": whole(plain["steps"], 0, MAX_STEP, "the optimiser's steps"), "learning_rate": rate, **state}


def _unpack_order(plain: Mapping[str, Any], images: int, unpacking: Unpacking) -> OrderState:
    # whether NumPy takes what is said to be the state of its generator
    tried = np.random.default_rng(0)
    tried.bit_generator.state = plain["generator"]
    tried.permutation(2)
    return OrderState(
        whole(plain["epoch"], 0, MAX_STEP, "epoch"),
        whole(plain["position"], 0, images, "the place in the order"),
        unpacking.shared(["order"], lambda: _whole_order(images, unpacking)),
        plain["generator"],
    )


def _whole_order(images: int, unpacking: Unpacking) -> NDArray[np.intp]:
    order: NDArray[np.intp] = unpacking.take("order", (images,), "I64").astype(np.intp, copy=False)
    if not np.array_equal(np.sort(order), np.arange(images)):
        raise DamagedError("the order does not have every training image once")
    order.flags.writeable = False
    return order


# --- what was changed by hand -----------------------------------------------------------------------------------


def _pack_edits(edits: EditsState, packing: Packing) -> dict[str, Any]:
    if edits.images:
        packing.put("edited/images", np.stack([image for image, _ in edits.images.values()]))
    return {
        "images": [[sample.split, sample.index, label] for sample, (_, label) in edits.images.items()],
        "done": [
            [
                edit.step,
                edit.name,
                list(edit.index),
                edit.before,
                edit.after,
                None if edit.sample is None else [edit.sample.split, edit.sample.index],
            ]
            for edit in edits.done[-MAX_EDITS:]
        ],
    }


def _unpack_edits(
    plain: Mapping[str, Any], dataset: Dataset, weights: Mapping[str, Array], step: int, unpacking: Unpacking
) -> EditsState:
    if len(plain["done"]) > MAX_EDITS or len(plain["images"]) > _MAX_EDITED_IMAGES:
        raise DamagedError("there are too many changes by hand")
    images: dict[SampleRef, tuple[Array, int]] = {}
    if plain["images"]:
        shape = (len(plain["images"]), *dataset.x_train.shape[1:])
        edited = unpacking.take("edited/images", shape)
        if np.abs(edited).max(initial=0.0) > LARGEST:
            raise DamagedError("an edited image has pixels beyond what can be typed")
        for image, (split, index, label) in zip(edited, plain["images"], strict=True):
            images[sample_from([split, index], dataset)] = image, _label(label, dataset)
    shapes = {"x": dataset.x_train.shape[1:], "y": (), **_shapes_by_short_name(weights)}
    return EditsState(images, tuple(_edit(values, dataset, shapes, step) for values in plain["done"]))


def _edit(values: list[Any], dataset: Dataset, shapes: Mapping[str, tuple[int, ...]], step: int) -> Edit:
    at, name, index, before, after, sample = values
    shape = shapes.get(text(name, 10, "what was changed by hand"))
    if shape is None or (sample is None) is (name in ("x", "y")):
        raise DamagedError(f"{name} was changed by hand, which it cannot be")
    place = tuple(whole(part, 0, MAX_STEP, "a cell that was changed by hand") for part in index)
    if len(place) != len(shape) or not all(here < side for here, side in zip(place, shape, strict=True)):
        raise DamagedError(f"a cell of {name} was changed by hand that it does not have")
    if name == "y":
        before, after = _label(before, dataset), _label(after, dataset)
    else:
        before, after = (number(value, f"a value of {name}") for value in (before, after))
    seen = None if sample is None else sample_from(sample, dataset)
    return Edit(whole(at, 0, step, "the step of a change by hand"), name, place, before, after, seen)


def sample_from(plain: object, dataset: Dataset) -> SampleRef:
    """An image of the data set, from its split and its place there."""
    if not isinstance(plain, list) or len(plain) != 2 or plain[0] not in ("train", "test"):
        raise DamagedError("an image is in no split")
    split, index = plain
    count = len(dataset.y_train if split == "train" else dataset.y_test)
    return SampleRef(split, whole(index, 0, count - 1, "the place of an image"))


def _label(value: object, dataset: Dataset) -> int:
    return whole(value, 0, len(dataset.class_names) - 1, "the class of an image")


def _shapes_by_short_name(weights: Mapping[str, Array]) -> dict[str, tuple[int, ...]]:
    """Shapes of w1, b1 … as they are called in the window."""
    layers = list(dict.fromkeys(name.rpartition(".")[0] for name in weights))
    return {
        f"{'w' if name.endswith('.weight') else 'b'}{layers.index(name.rpartition('.')[0]) + 1}": values.shape
        for name, values in weights.items()
    }
