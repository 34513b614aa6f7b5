"""Whole training steps, and the convolution, ReLU and pooling in them, compiled by Numba for eight samples at a time.

Eight samples stand side by side in one register of the processor (with AVX2; in a pair of them with NEON). Numba by
itself keeps no such register from one turn of a loop to the next, so they are a type of their own here, `Lanes`, with
`load`, `fma`, `store` … as its operations. Every sum stays in a register until it is complete, no pixel is copied for
it, and what a convolution leaves is pooled before it is written.

Shapes: b groups of eight samples, c channels, f filters; a pixel or cell is eight numbers side by side: images
(b, c, h, w, 8), pooled (b, f, h', w', 8). Where the number of filters is no multiple of those that are worked on
together, the last filter is worked on again and gives the same numbers once more.

Numba keeps what it compiled until this file changes; so whatever is compiled stands in this one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import populate_array

__all__ = [
    "ADAM",
    "CHANNELS_TOGETHER",
    "FILTERS_TOGETHER",
    "LANES",
    "LOOK",
    "MOMENTUM",
    "PLAIN",
    "SIGMOID",
    "SOFTMAX",
    "grad_images",
    "grad_weights",
    "pool_convolution",
    "take_steps",
]

LANES = 8
CHANNELS_TOGETHER = 8
FILTERS_TOGETHER = 4

SIGMOID, SOFTMAX = 0, 1
LOOK, PLAIN, MOMENTUM, ADAM = 0, 1, 2, 3


class _Lanes(types.Type):
    """Eight numbers of one kind in one register."""

    def __init__(self, number: Any) -> None:
        self.vector = ir.VectorType(number, LANES)
        super().__init__(name=f"Lanes({number})")


@register_model(_Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: _Lanes) -> None:
        super().__init__(manager, kind, kind.vector)


_FLOATS, _WHOLE, _TRUTHS = (_Lanes(number) for number in (ir.FloatType(), ir.IntType(32), ir.IntType(1)))
_KINDS = {types.float32: _FLOATS, types.int32: _WHOLE}
_ZEROS = ir.Constant(_FLOATS.vector, [0.0] * LANES)


def _address(context: Any, builder: Any, kinds: Any, values: Any, item: Any) -> Any:
    """A pointer to a number or lanes at an index of an array; indices count from 0 and are not checked."""
    array = context.make_array(kinds[0])(context, builder, values[0])
    strides = cgutils.unpack_tuple(builder, array.strides, kinds[0].ndim)
    if kinds[0].layout == "C":
        # what is known now is worked out now: neighbours in a row differ by a constant
        size = context.get_abi_sizeof(item)
        strides[len(kinds[1]) - 1] = context.get_constant(types.intp, size)
    offset = context.get_constant(types.intp, 0)
    for place, stride in zip(cgutils.unpack_tuple(builder, values[1], len(kinds[1])), strides, strict=False):
        offset = builder.add(offset, builder.mul(place, stride))
    start = builder.bitcast(array.data, cgutils.voidptr_t)
    return builder.bitcast(builder.gep(start, [offset]), item.as_pointer())


def _in_every_lane(builder: Any, number: Any, kind: _Lanes) -> Any:
    first = builder.insert_element(ir.Constant(kind.vector, ir.Undefined), number, ir.IntType(32)(0))
    return builder.shuffle_vector(first, first, ir.Constant(_WHOLE.vector, [0] * LANES))


def _built(signature: Any, build: Callable[..., Any]) -> Any:
    """What Numba asks of an operation: its types, and how LLVM's builder makes its result from the operands."""
    return signature, lambda context, builder, signature, values: build(builder, *values)


@intrinsic
def load(typing: Any, array: Any, index: Any) -> Any:
    """The lanes at an index of all axes but the last, along which they are neighbours."""
    kind = _KINDS[array.dtype]

    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_address(context, builder, signature.args, values, kind.vector), align=4)

    return kind(array, index), build


@intrinsic
def store(typing: Any, array: Any, index: Any, lanes: Any) -> Any:
    """Write lanes where `load` reads them."""

    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[2], _address(context, builder, signature.args, values, lanes.vector), align=4)
        return context.get_dummy_value()

    return types.void(array, index, lanes), build


@intrinsic
def broadcast(typing: Any, array: Any, index: Any) -> Any:
    """One number of an array in every lane."""

    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        number = builder.load(_address(context, builder, signature.args, values, ir.FloatType()), align=4)
        return _in_every_lane(builder, number, _FLOATS)

    return _FLOATS(array, index), build


@intrinsic
def zeros(typing: Any) -> Any:
    """0 in every lane."""
    return _built(_FLOATS(), lambda _: _ZEROS)


@intrinsic
def whole(typing: Any, number: Any) -> Any:
    """A whole number in every lane."""
    return _built(
        _WHOLE(types.intp), lambda builder, n: _in_every_lane(builder, builder.trunc(n, ir.IntType(32)), _WHOLE)
    )


@intrinsic
def add(typing: Any, first: Any, second: Any) -> Any:
    """first + second."""
    return _built(_FLOATS(first, second), lambda builder, *both: builder.fadd(*both))


@intrinsic
def fma(typing: Any, first: Any, second: Any, third: Any) -> Any:
    """first · second + third, as one operation where the processor has it."""

    def build(builder: Any, *operands: Any) -> Any:
        kind = ir.FunctionType(_FLOATS.vector, [_FLOATS.vector] * 3)
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{LANES}f32"), operands)

    return _built(_FLOATS(first, second, third), build)


@intrinsic
def total(typing: Any, lanes: Any) -> Any:
    """The sum of all lanes."""

    def build(builder: Any, numbers: Any) -> Any:
        count = LANES
        while count > 1:
            count //= 2
            halves = ([*range(start, start + count)] for start in (0, count))
            masks = (ir.Constant(ir.VectorType(ir.IntType(32), count), half) for half in halves)
            numbers = builder.fadd(*(builder.shuffle_vector(numbers, numbers, mask) for mask in masks))
        return builder.extract_element(numbers, ir.IntType(32)(0))

    return _built(types.float32(lanes), build)


@intrinsic
def beats(typing: Any, later: Any, earlier: Any) -> Any:
    """Where a later cell wins over an earlier one: where it is greater, or NaN and the earlier one is not."""

    def build(builder: Any, later: Any, earlier: Any) -> Any:
        return builder.and_(builder.fcmp_unordered(">", later, earlier), builder.fcmp_ordered("ord", earlier, earlier))

    return _built(_TRUTHS(later, earlier), build)


@intrinsic
def opens(typing: Any, lanes: Any) -> Any:
    """Where ReLU lets a cell through: where it is greater than 0, or NaN."""
    return _built(_TRUTHS(lanes), lambda builder, numbers: builder.fcmp_unordered(">", numbers, _ZEROS))


@intrinsic
def equals(typing: Any, first: Any, second: Any) -> Any:
    """Where two whole numbers are the same."""
    return _built(_TRUTHS(first, second), lambda builder, *both: builder.icmp_signed("==", *both))


@intrinsic
def select(typing: Any, where: Any, here: Any, elsewhere: Any) -> Any:
    """One number where something holds, the other one elsewhere."""
    return _built(here(where, here, elsewhere), lambda builder, *operands: builder.select(*operands))


def _in_flat(memory: Any, axes: int) -> Any:
    return types.Array(memory.dtype, axes, "C")


def _made(context: Any, builder: Any, signature: Any, memory: Any, start: Any, lengths: Sequence[Any]) -> Any:
    """The array of a shape that begins at a place in flat memory, which whoever asks for it keeps."""
    kind = signature.return_type
    item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    sizes = [*itertools.accumulate(reversed(lengths[1:]), builder.mul, initial=item)]
    array = context.make_array(kind)(context, builder)
    data = builder.gep(context.make_array(signature.args[0])(context, builder, memory).data, [start])
    populate_array(array, data=data, shape=lengths, strides=sizes[::-1], itemsize=item, meminfo=None)
    return array._getvalue()


@intrinsic
def view(typing: Any, memory: Any, start: Any, shape: Any) -> Any:
    """The array of a shape that begins at a number of flat memory; compiled sooner than a slice that is reshaped."""

    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        flat, begin, lengths = values
        return _made(context, builder, signature, flat, begin, cgutils.unpack_tuple(builder, lengths, len(shape)))

    return _in_flat(memory, len(shape))(memory, types.intp, types.UniTuple(types.intp, len(shape))), build


def _stood(context: Any, builder: Any, signature: Any, values: Any) -> tuple[Any, list[Any]]:
    """Offset and last axes of the array that a row of `places` describes."""
    row = builder.load(_address(context, builder, signature.args[1:], values[1:], ir.ArrayType(ir.IntType(64), 6)))
    start, *axes = cgutils.unpack_tuple(builder, row, 6)
    return start, axes[-signature.return_type.ndim :]


@intrinsic
def of_groups(typing: Any, memory: Any, places: Any, index: Any, groups: Any) -> Any:
    """The array of five axes that stands in flat memory where places (…, 6) say at an index: so many groups of it."""

    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        start, (_, *rest) = _stood(context, builder, signature, values)
        return _made(context, builder, signature, values[0], start, [values[3], *rest])

    return _in_flat(memory, 5)(memory, places, index, types.intp), build


@intrinsic(prefer_literal=True)
def last_axes(typing: Any, memory: Any, places: Any, index: Any, axes: Any) -> Any:
    """The same, of its last axes alone."""

    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _made(context, builder, signature, values[0], *_stood(context, builder, signature, values))

    return _in_flat(memory, axes.literal_value)(memory, places, index, axes), build


def _array(ndim: int, dtype: Any = types.float32, layout: str = "C", *, read: bool = False) -> Any:
    return types.Array(dtype, ndim, layout, readonly=read)


_LANES_C, _LANES_ANY, _WINNERS = _array(5), _array(5, layout="A"), _array(5, types.int32)
# compiled when this module is loaded: some seconds the first time on a machine, then a tenth of one
_now = {"nogil": True, "cache": True, "error_model": "numpy"}
# compiled where the first of them calls it, and called by nothing else
_called = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


@njit(inline="always")
def _pool(cells, pooled, winners, place):
    """Write the greatest of a window's four cells after ReLU, and which one it was: the first of equals, or −1."""
    first, second, third, fourth = cells
    later = beats(second, first)
    greatest, winner = select(later, second, first), select(later, whole(1), whole(0))
    later = beats(third, greatest)
    greatest, winner = select(later, third, greatest), select(later, whole(2), winner)
    later = beats(fourth, greatest)
    greatest, winner = select(later, fourth, greatest), select(later, whole(3), winner)
    through = opens(greatest)
    store(pooled, place, select(through, greatest, zeros()))
    store(winners, place, select(through, winner, whole(-1)))


@njit(types.void(_LANES_C, _array(4, read=True), _array(1, read=True), _LANES_ANY, _WINNERS), **_now)
def pool_convolution(images, weight, bias, pooled, winners):
    """Fill pooled (b, f, h', w', 8) and winners from images (b, c, h, w, 8), weight (f, c, kh, kw) and bias (f,).

    winners: which cell of each window passes its value on, 0 to 3 in row-major order, −1 where ReLU lets none through.
    """
    filters, channels, kh, kw = weight.shape
    for b in range(len(images)):
        for f in range(0, filters, 2):
            g = min(f + 1, filters - 1)
            for i in range(pooled.shape[2]):
                for j in range(pooled.shape[3]):
                    # four cells of two filters: each pixel serves four sums, each weight four
                    f0 = f1 = f2 = f3 = broadcast(bias, (f,))
                    g0 = g1 = g2 = g3 = broadcast(bias, (g,))
                    for c in range(channels):
                        for u in range(kh):
                            row = 2 * i + u
                            upper, lower = load(images, (b, c, row, 2 * j)), load(images, (b, c, row + 1, 2 * j))
                            for v in range(kw):
                                of_f, of_g = broadcast(weight, (f, c, u, v)), broadcast(weight, (g, c, u, v))
                                f0, g0 = fma(upper, of_f, f0), fma(upper, of_g, g0)
                                f2, g2 = fma(lower, of_f, f2), fma(lower, of_g, g2)
                                upper = load(images, (b, c, row, 2 * j + v + 1))
                                lower = load(images, (b, c, row + 1, 2 * j + v + 1))
                                f1, g1 = fma(upper, of_f, f1), fma(upper, of_g, g1)
                                f3, g3 = fma(lower, of_f, f3), fma(lower, of_g, g3)
                    _pool((f0, f1, f2, f3), pooled, winners, (b, f, i, j))
                    _pool((g0, g1, g2, g3), pooled, winners, (b, g, i, j))


@njit(inline="always")
def _hand_back(grad_pooled, winners, place, cells, cell):
    """Give the gradient of a window to the cell that won it, and 0 to the others; returns what was given."""
    grad, winner = load(grad_pooled, place), load(winners, place)
    n, i, j = cell
    store(cells, (n, i, j), select(equals(winner, whole(0)), grad, zeros()))
    store(cells, (n, i, j + 1), select(equals(winner, whole(1)), grad, zeros()))
    store(cells, (n, i + 1, j), select(equals(winner, whole(2)), grad, zeros()))
    store(cells, (n, i + 1, j + 1), select(equals(winner, whole(3)), grad, zeros()))
    return select(equals(winner, whole(-1)), zeros(), grad)


@njit(inline="always")
def _following(tap, kh, kw):
    """The tap after a tap, each as number, channel, row and column."""
    number, c, u, v = tap
    v += 1
    if v == kw:
        u, v = u + 1, 0
        if u == kh:
            c, u = c + 1, 0
    return number + 1, c, u, v


@njit(inline="always")
def _sum_two_taps(images, b, top, tap, next_tap, cells, rows, sums):
    """Add what two taps of four filters get from some rows of cells: each pixel serves four sums, each gradient two."""
    s, c, u, v = tap
    t, d, x, y = next_tap
    s0, s1, s2, s3 = load(sums, (s, 0)), load(sums, (s, 1)), load(sums, (s, 2)), load(sums, (s, 3))
    t0, t1, t2, t3 = load(sums, (t, 0)), load(sums, (t, 1)), load(sums, (t, 2)), load(sums, (t, 3))
    for i in range(rows):
        for j in range(cells.shape[2]):
            one, other = load(images, (b, c, top + i + u, j + v)), load(images, (b, d, top + i + x, j + y))
            grad = load(cells, (0, i, j))
            s0, t0 = fma(grad, one, s0), fma(grad, other, t0)
            grad = load(cells, (1, i, j))
            s1, t1 = fma(grad, one, s1), fma(grad, other, t1)
            grad = load(cells, (2, i, j))
            s2, t2 = fma(grad, one, s2), fma(grad, other, t2)
            grad = load(cells, (3, i, j))
            s3, t3 = fma(grad, one, s3), fma(grad, other, t3)
    store(sums, (s, 0), s0)
    store(sums, (s, 1), s1)
    store(sums, (s, 2), s2)
    store(sums, (s, 3), s3)
    store(sums, (t, 0), t0)
    store(sums, (t, 1), t1)
    store(sums, (t, 2), t2)
    store(sums, (t, 3), t3)


@njit(
    types.void(_LANES_C, _LANES_ANY, _WINNERS, _array(4), _array(1), _array(4), _array(3), _array(2)),
    **_now,
)
def grad_weights(images, grad_pooled, winners, grad_weight, grad_bias, cells, sums, bias_sums):
    """Fill ∂L/∂weight (f, c, kh, kw) and ∂L/∂bias (f,) from ∂L/∂pooled (b, f, h', w', 8).

    To work in: cells (4, rows, 2·w', 8), as many rows, an even number, as are worked on together; sums
    (c·kh·kw, 4, 8); bias_sums (4, 8).
    """
    filters, channels, kh, kw = grad_weight.shape
    taps, windows_high, windows_together = channels * kh * kw, grad_pooled.shape[2], cells.shape[1] // 2
    for f in range(0, filters, FILTERS_TOGETHER):
        for n in range(FILTERS_TOGETHER):
            store(bias_sums, (n,), zeros())
            for tap in range(taps):
                store(sums, (tap, n), zeros())
        for b in range(len(images)):
            for top in range(0, windows_high, windows_together):
                bottom = min(top + windows_together, windows_high)
                for n in range(FILTERS_TOGETHER):
                    g, bias_sum = min(f + n, filters - 1), load(bias_sums, (n,))
                    for i in range(top, bottom):
                        for j in range(grad_pooled.shape[3]):
                            cell = n, 2 * (i - top), 2 * j
                            bias_sum = add(bias_sum, _hand_back(grad_pooled, winners, (b, g, i, j), cells, cell))
                    store(bias_sums, (n,), bias_sum)
                place = 0, 0, 0, 0
                for tap in range(0, taps, 2):
                    next_place = place if tap == taps - 1 else _following(place, kh, kw)
                    _sum_two_taps(images, b, 2 * top, place, next_place, cells, 2 * (bottom - top), sums)
                    place = _following(next_place, kh, kw)
        for n in range(FILTERS_TOGETHER):
            g = min(f + n, filters - 1)
            grad_bias[g] = total(load(bias_sums, (n,)))
            for tap in range(taps):
                grad_weight[g, tap // (kh * kw), tap // kw % kh, tap % kw] = total(load(sums, (tap, n)))


@njit(types.void(_array(4), _LANES_ANY, _WINNERS, _LANES_C, _array(4)), **_now)
def grad_images(kernels, grad_pooled, winners, grads, cells):
    """Fill ∂L/∂images (b, c, h, w, 8) from ∂L/∂pooled (b, f, h', w', 8) and the kernels (f, kh, kw, c).

    c is a multiple of 8: whoever has less channels has zeros for the rest. To work in: cells (f, 2·h', 2·w', 8).
    """
    filters, kh, kw, channels = kernels.shape
    rows, columns = cells.shape[1:3]
    for b in range(len(grads)):
        for f in range(filters):
            for i in range(grad_pooled.shape[2]):
                for j in range(grad_pooled.shape[3]):
                    _hand_back(grad_pooled, winners, (b, f, i, j), cells, (f, 2 * i, 2 * j))
        for i in range(grads.shape[2]):
            # a pixel is seen by the cells above it and to its left, as far as there are cells
            u_first, u_end = max(0, i - rows + 1), min(kh, i + 1)
            for j in range(grads.shape[3]):
                v_first, v_end = max(0, j - columns + 1), min(kw, j + 1)
                for c in range(0, channels, CHANNELS_TOGETHER):
                    c0 = c1 = c2 = c3 = c4 = c5 = c6 = c7 = zeros()
                    for f in range(filters):
                        for u in range(u_first, u_end):
                            for v in range(v_first, v_end):
                                grad = load(cells, (f, i - u, j - v))
                                c0 = fma(grad, broadcast(kernels, (f, u, v, c)), c0)
                                c1 = fma(grad, broadcast(kernels, (f, u, v, c + 1)), c1)
                                c2 = fma(grad, broadcast(kernels, (f, u, v, c + 2)), c2)
                                c3 = fma(grad, broadcast(kernels, (f, u, v, c + 3)), c3)
                                c4 = fma(grad, broadcast(kernels, (f, u, v, c + 4)), c4)
                                c5 = fma(grad, broadcast(kernels, (f, u, v, c + 5)), c5)
                                c6 = fma(grad, broadcast(kernels, (f, u, v, c + 6)), c6)
                                c7 = fma(grad, broadcast(kernels, (f, u, v, c + 7)), c7)
                    store(grads, (b, c, i, j), c0)
                    store(grads, (b, c + 1, i, j), c1)
                    store(grads, (b, c + 2, i, j), c2)
                    store(grads, (b, c + 3, i, j), c3)
                    store(grads, (b, c + 4, i, j), c4)
                    store(grads, (b, c + 5, i, j), c5)
                    store(grads, (b, c + 6, i, j), c6)
                    store(grads, (b, c + 7, i, j), c7)


# --- a whole step -----------------------------------------------------------------------------------------------


@njit(**_called)
def _lay_side_by_side(x, images):
    """Copy x (m, c, h, w) to images (b, c, h, w, 8); places of the last group that no sample takes are 0."""
    m, channels, height, width = x.shape
    for b in range(len(images)):
        first = b * LANES
        count = min(LANES, m - first)
        for c in range(channels):
            for i in range(height):
                for j in range(width):
                    for n in range(count):
                        images[b, c, i, j, n] = x[first + n, c, i, j]
                    for n in range(count, LANES):
                        images[b, c, i, j, n] = 0


@njit(**_called)
def _dense(features, weight, bias, logits):
    """Fill logits (b, outputs, 8) from features (b, n, 8): two outputs of two groups at a time."""
    groups, count = features.shape[:2]
    outputs = len(weight)
    for o in range(0, outputs, 2):
        p = min(o + 1, outputs - 1)
        for b in range(0, groups, 2):
            d = min(b + 1, groups - 1)
            ob = od = broadcast(bias, (o,))
            pb = pd = broadcast(bias, (p,))
            for n in range(count):
                of_b, of_d = load(features, (b, n)), load(features, (d, n))
                by_o, by_p = broadcast(weight, (o, n)), broadcast(weight, (p, n))
                ob, od = fma(of_b, by_o, ob), fma(of_d, by_o, od)
                pb, pd = fma(of_b, by_p, pb), fma(of_d, by_p, pd)
            store(logits, (b, o), ob)
            store(logits, (d, o), od)
            store(logits, (b, p), pb)
            store(logits, (d, p), pd)


@njit(**_called)
def _dense_backward(features, weight, grad_logits, grad_weight, grad_bias):
    """Fill ∂L/∂weight and ∂L/∂bias, and leave ∂L/∂features (b, n, 8) where the features were."""
    groups, count = features.shape[:2]
    outputs = len(weight)
    for o in range(outputs):
        sums = zeros()
        for b in range(groups):
            sums = add(sums, load(grad_logits, (b, o)))
        grad_bias[o] = total(sums)
    for n in range(count):
        for o in range(0, outputs, 2):
            p = min(o + 1, outputs - 1)
            of_o = of_p = zeros()
            for b in range(groups):
                feature = load(features, (b, n))
                of_o = fma(feature, load(grad_logits, (b, o)), of_o)
                of_p = fma(feature, load(grad_logits, (b, p)), of_p)
            grad_weight[o, n] = total(of_o)
            grad_weight[p, n] = total(of_p)
        for b in range(groups):
            sums = zeros()
            for o in range(outputs):
                sums = fma(load(grad_logits, (b, o)), broadcast(weight, (o, n)), sums)
            store(features, (b, n), sums)


@njit(inline="always")
def _sigmoid_loss(logits, n, target, grad):
    """The binary cross-entropy of the logit of place n of logits (1, 8), and its gradient; `core.losses` says how."""
    z, one = logits[0, n], np.float32(1)
    e = math.exp(-abs(z))
    grad[0, n] = (one if z >= 0 else e) / (one + e) - np.float32(target)
    return max(z, np.float32(0)) - np.float32(target) * z + math.log1p(e)


@njit(inline="always")
def _softmax_loss(logits, n, target, grad):
    """The cross-entropy of a softmax over the logits of place n of logits (classes, 8), and its gradient."""
    classes, largest, sums = len(logits), logits[0, n], np.float32(0)
    for c in range(1, classes):
        largest = max(largest, logits[c, n])
    for c in range(classes):
        grad[c, n] = math.exp(logits[c, n] - largest)
        sums += grad[c, n]
    for c in range(classes):
        grad[c, n] = grad[c, n] / sums - np.float32(c == target)
    return math.log(sums) - (logits[target, n] - largest)


@njit(inline="always")
def _loss_of(loss, logits, y, batch, grad):
    """What samples add to the mean loss of a batch of so many; fills its gradient (b, outputs, 8), 0 where is none."""
    value, share = 0.0, np.float32(batch)
    for b in range(len(logits)):
        for c in range(logits.shape[1]):
            store(grad, (b, c), zeros())
        for n in range(min(LANES, len(y) - b * LANES)):
            target = y[b * LANES + n]
            if loss == SIGMOID:
                value += _sigmoid_loss(logits[b], n, target, grad[b])
            else:
                value += _softmax_loss(logits[b], n, target, grad[b])
            for c in range(logits.shape[1]):
                grad[b, c, n] /= share
    return value / batch


@njit(inline="always")
def _update(rule, numbers, moving, grads):
    """Move parameters, and what is kept for them, by an optimiser's rule: the bits are those of `core.optimizers`."""
    values = moving[0]
    if rule == PLAIN:
        rate = np.float32(numbers[0])
        for n in range(len(values)):
            values[n] -= grads[n] * rate
    elif rule == MOMENTUM:
        velocity, rate, momentum = moving[1], np.float32(numbers[0]), np.float32(numbers[1])
        for n in range(len(values)):
            velocity[n] = velocity[n] * momentum + grads[n]
            values[n] -= velocity[n] * rate
    else:
        mean, square = moving[1], moving[2]
        rate, root, eps = np.float32(numbers[0]), np.float32(numbers[1]), np.float32(numbers[2])
        keep_mean, add_mean = np.float32(numbers[3]), np.float32(numbers[4])
        keep_square, add_square = np.float32(numbers[5]), np.float32(numbers[6])
        for n in range(len(values)):
            mean[n] = mean[n] * keep_mean + grads[n] * add_mean
            square[n] = square[n] * keep_square + (grads[n] * grads[n]) * add_square
            values[n] -= (mean[n] / (np.sqrt(square[n]) / root + eps)) * rate


@njit(inline="always")
def _move(rule, numbers, before, after, trained, shapes, grads):
    """Fill what is after a step, (kinds, parameters), from what is before it: layers that are not trained stay."""
    for kind in range(len(before)):
        for n in range(len(grads)):
            after[kind, n] = before[kind, n]
    start = 0
    for layer in range(len(shapes)):
        end = start + shapes[layer, 0] * (1 + shapes[layer, 1] * shapes[layer, 2] * shapes[layer, 3])
        if trained[layer]:
            _update(rule, numbers, after[:, start:end], grads[start:end])
        start = end


_WILD = np.float32(1e15)


@njit(inline="always")
def _is_tame(numbers):
    """True if all numbers are far from those that are not finite, so that sums of their squares are too."""
    wild = 0
    for n in range(len(numbers)):
        wild += not abs(numbers[n]) < _WILD
    return wild == 0


@njit(inline="always")
def _turn(kernel, turned):
    """Copy kernels (f, c, kh, kw) to turned (f, kh, kw, c or more)."""
    filters, channels, kh, kw = kernel.shape
    for f in range(filters):
        for c in range(channels):
            for u in range(kh):
                for v in range(kw):
                    turned[f, u, v, c] = kernel[f, c, u, v]


@njit(inline="always")
def _forward_blocks(places, memory, winner_memory, shapes, values, groups):
    """Convolve and pool through all blocks, from the images of the first; see `take_steps`."""
    start = 0
    for block in range(len(shapes) - 1):
        f, c, kh, kw = shapes[block]
        middle = start + f * c * kh * kw
        images, pooled = of_groups(memory, places, (block, 0), groups), of_groups(memory, places, (block, 1), groups)
        winners = of_groups(winner_memory, places, (block, 2), groups)
        pool_convolution(images, view(values, start, (f, c, kh, kw)), view(values, middle, (f,)), pooled, winners)
        start = middle + f


@njit(inline="always")
def _backward_blocks(places, memory, winner_memory, shapes, values, grads, groups):
    """Fill the gradients of all blocks; the memory of what the last one pooled holds the gradient of that."""
    last = len(shapes) - 2
    end = len(grads) - shapes[last + 1, 0] * (1 + shapes[last + 1, 1])
    grad_pooled = of_groups(memory, places, (last, 1), groups)[:, : shapes[last, 0]]
    for block in range(last, -1, -1):
        f, c, kh, kw = shapes[block]
        middle = end - f
        end = middle - f * c * kh * kw
        images = of_groups(memory, places, (block, 0), groups)
        winners = of_groups(winner_memory, places, (block, 2), groups)
        grad_kernel, grad_bias = view(grads, end, (f, c, kh, kw)), view(grads, middle, (f,))
        cells, sums = last_axes(memory, places, (block, 3), 4), last_axes(memory, places, (block, 4), 3)
        bias_sums = last_axes(memory, places, (block, 5), 2)
        grad_weights(images, grad_pooled, winners, grad_kernel, grad_bias, cells, sums, bias_sums)
        if block:
            turned, all_cells = last_axes(memory, places, (block, 6), 4), last_axes(memory, places, (block, 8), 4)
            grad_of_images = of_groups(memory, places, (block, 7), groups)
            _turn(view(values, end, (f, c, kh, kw)), turned)
            grad_images(turned, grad_pooled, winners, grad_of_images, all_cells)
            grad_pooled = grad_of_images[:, :c]


@njit(
    types.intp(
        _array(5, read=True),
        _array(2, types.int64, read=True),
        _array(1, types.int64),
        types.intp,
        types.intp,
        _array(3, types.int64),
        _array(1),
        _array(1, types.int32),
        _array(2, types.int64),
        _array(3),
        _array(1, types.boolean),
        types.intp,
        _array(2, types.float64),
        _array(2),
        _array(1, types.float64),
    ),
    **_now,
)
def take_steps(
    xs, ys, ends, batch, loss, places, memory, winner_memory, shapes, moving, trained, rule, numbers, grads, losses
):
    """Take one step after the other on batches xs (k, m, c, h, w), ys (k, m); returns how many were taken.

    It stops before a step with a label that is no class, and before one with a loss or a gradient that is not finite
    or far too large. With the rule `LOOK` nothing moves, and no number is too large.

    ends: of the parts of a batch. batch: of how many samples losses are the mean, m or more.
    memory, winner_memory, places: what is worked in, the same as whole numbers, and where in it each array stands, see
    `compiled/memory.py`. shapes: (layers, 4) those of the weights, (f, c, kh, kw) and (outputs, features, 1, 1).
    moving: (k + 1, 1 to 3, parameters) the parameters, and what the rule keeps for them, before the first step and
    after each; trained: (layers,) which layers move. numbers: (k, …) those of the rule. Fills moving from its second
    row on, losses (k,) and grads (k, parameters); in these there is one more row, to work in, if there are more parts.
    """
    # what is inlined here inlines little itself: Numba copies all its names for each of its blocks, twice
    m, blocks, value = ys.shape[1], len(shapes) - 1, 0.0
    outputs, count = shapes[blocks, 0], shapes[blocks, 1]
    bias_start = moving.shape[2] - outputs
    weight_start = bias_start - outputs * count
    for step in range(len(xs)):
        y, values, row = ys[step], moving[step, 0], grads[step]
        for n in range(m):
            if not 0 <= y[n] < max(2, outputs):
                return step
        weight, bias = view(values, weight_start, (outputs, count)), view(values, bias_start, (outputs,))
        start = 0
        for end in ends:
            here = row if start == 0 else grads[len(xs)]
            groups = (end - start + LANES - 1) // LANES
            _lay_side_by_side(xs[step, start:end], of_groups(memory, places, (0, 0), groups))
            _forward_blocks(places, memory, winner_memory, shapes, values, groups)
            features = view(memory, places[blocks - 1, 1, 0], (groups, count, LANES))
            logits = view(memory, places[blocks, 0, 0], (groups, outputs, LANES))
            grad_logits = view(memory, places[blocks, 1, 0], (groups, outputs, LANES))
            _dense(features, weight, bias, logits)
            part_value = _loss_of(loss, logits, y[start:end], batch, grad_logits)
            grad_weight, grad_bias = view(here, weight_start, (outputs, count)), view(here, bias_start, (outputs,))
            _dense_backward(features, weight, grad_logits, grad_weight, grad_bias)
            _backward_blocks(places, memory, winner_memory, shapes, values, here, groups)
            if start == 0:
                value = part_value
            else:
                value += part_value
                for n in range(len(row)):
                    row[n] += here[n]
            start = end
        losses[step] = value
        if rule == LOOK:
            continue
        if not (math.isfinite(value) and _is_tame(row)):
            return step
        _move(rule, numbers[step], moving[step], moving[step + 1], trained, shapes, row)
    return len(xs)
