"""A moment of a run as a NumPy script that computes it again, step by step, and asserts that it gets the same."""

from __future__ import annotations

import base64
import textwrap
import zlib
from collections.abc import Iterator

import numpy as np

from core.arrays import Array
from playground.errors import ExportError
from playground.notation.rules import is_parameter
from playground.plain_step import after_plain_step
from playground.take_home.moment import Moment

__all__ = ["script_text"]

_SATURATED = 1e30
_NEARLY = 1e-5  # as in `pool` of the script
_WRITTEN_OUT = 64
"""Arrays of no more numbers are written as numbers; larger ones are packed, or compared by their sums."""

_HEAD = '''\
"""{title}

{facts}

Run it with Python and NumPy: every value and every derivative is computed again from the image and the weights, and
compared with what the playground had on screen.
"""

import base64
import zlib

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


# --- the operations, each forward pass with its backward pass ---------------------------------------------------------


def convolve(x, w, b):
    """z[f, i, j] = b[f] + the sum over c, u, v of w[f, c, u, v] * x[c, i+u, j+v]."""
    windows = sliding_window_view(x, w.shape[2:], axis=(1, 2))  # (c, i, j, u, v)
    return np.einsum("fcuv,cijuv->fij", w, windows) + b[:, None, None]


def convolve_weight_gradient(x, dz):
    """dw[f, c, u, v] = the sum over the positions i, j of dz[f, i, j] * x[c, i+u, j+v]."""
    windows = sliding_window_view(x, dz.shape[1:], axis=(1, 2))  # (c, u, v, i, j)
    return np.einsum("fij,cuvij->fcuv", dz, windows)


def convolve_input_gradient(w, dz):
    """Every window that read a cell sends a gradient back: a full convolution with the kernel turned by 180 degrees."""
    kh, kw = w.shape[2:]
    padded = np.pad(dz, ((0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    windows = sliding_window_view(padded, (kh, kw), axis=(1, 2))
    return np.einsum("fcuv,fijuv->cij", w[:, :, ::-1, ::-1], windows)


def pool(a):
    """The maximum of each 2x2 window, and which of its four cells won: the first one on a tie.

    Equal sums may be rounded differently, so what is larger by less than 1e-5 of itself does not count as larger.
    """
    c, h, w = a.shape
    rows, cols = h // 2, w // 2  # a last odd row or column is in no window
    windows = a[:, : 2 * rows, : 2 * cols].reshape(c, rows, 2, cols, 2).transpose(0, 1, 3, 2, 4)
    windows = windows.reshape(c, rows, cols, 4)
    best = windows.max(axis=-1)
    return best, (windows >= best[..., None] * (1 - 1e-5)).argmax(axis=-1)


def unpool(dp, winner, shape):
    """Each window gives its gradient to the cell that won; all others get 0."""
    c, rows, cols = dp.shape
    da = np.zeros(shape, dp.dtype)
    channel, row, col = np.indices(dp.shape)
    da[channel, 2 * row + winner // 2, 2 * col + winner % 2] = dp
    return da


# --- comparing with the playground ------------------------------------------------------------------------------------


def sums(values):
    """Three sums that are the same only if the numbers are, and stand in the same places."""
    values = np.asarray(values, np.float64).reshape(-1)
    return np.array([values.sum(), np.abs(values).sum(), values @ np.sin(np.arange(len(values)))])


def check(name, values):
    """Assert that the playground had these values, up to the rounding of float32."""
    expected = EXPECTED[name]
    if isinstance(expected, tuple):  # of a large array: its shape and its three sums
        shape, *expected = expected
        assert values.shape == shape, f"{{name}} has shape {{values.shape}}, not {{shape}}"
        values = sums(values)
        size = expected[1]
    else:
        size = np.abs(expected).max()
    worst = np.abs(values - np.asarray(expected)).max()
    assert worst < 1e-4 * size + 1e-6, f"{{name}} is off by {{worst:.1e}}, and its size is {{size:.1e}}"
    print(f"{{name:>8}} is what the playground shows")


def unpack(text, shape):
    """An array of float32 from text."""
    return np.frombuffer(zlib.decompress(base64.b85decode("".join(text.split()))), np.float32).reshape(shape)

'''


def script_text(moment: Moment) -> str:
    """The script. Raises ExportError if the run's numbers are wrong on purpose, or the network is none of the window's.

    The step that it takes is plain gradient descent on the one image, with the learning rate of the run.
    """
    _check(moment)
    title = f"Step {moment.step} of a network of the CNN playground, computed again by hand."
    facts = "\n".join(
        line
        for name, value in moment.facts
        for line in textwrap.wrap(f"{name}: {value}", 116, subsequent_indent="    ")
    )
    for warning in moment.warnings:
        facts += "\n\n" + "\n".join(textwrap.wrap(f"NOTE: {warning}", 116))
    head = _HEAD.format(title=title, facts=facts.replace("\\", "/").replace('"""', "'''"))
    return f"{head}\n{_given(moment)}\n{_main(moment)}\n{_expected(moment)}\n\nmain()\n"


def _check(moment: Moment) -> None:
    if moment.flaw and moment.flaw.is_on:
        raise ExportError(
            f"The laboratory's mistake “{moment.flaw.name}” is on, so a correct script would not get these numbers; "
            "switch it off first."
        )
    for geometry in moment.trace.geometry:
        plain = geometry.stride == (1, 1) and geometry.padding == (0, 0)
        if not plain or geometry.pool_size != (2, 2) or geometry.pool_stride != (2, 2):
            raise ExportError("A script is written for stride 1, no padding and 2×2 pooling; this network has others.")
    if not all(np.isfinite(array).all() for array in moment.trace.arrays.values()):
        raise ExportError("Some numbers of this network are not finite; go back to the last good weights first.")


def _given(moment: Moment) -> str:
    arrays = moment.trace.arrays
    lines = ["# --- what is given " + "-" * 100, ""]
    lines.append(f"x = {_literal(arrays['x'][0])}  # the image, (channels, rows, columns)")
    lines.append(f"y = {moment.label}  # its class, {moment.class_names[moment.label]!r}")
    for name in moment.trace.parameter_names:
        lines.append(f"{name} = {_literal(arrays[name])}")
    lines.append(f"learning_rate = {moment.settings.learning_rate!r}")
    return "\n".join(lines) + "\n"


def _literal(array: Array, indent: int = 4) -> str:
    """An expression for an array; lines after the first are indented."""
    lead = " " * indent
    if not array.ndim:
        return repr(float(array))
    if array.size > _WRITTEN_OUT:
        packed = base64.b85encode(zlib.compress(np.ascontiguousarray(array, np.float32).tobytes(), 9)).decode()
        text = "\n".join(lead + line for line in textwrap.wrap(packed, 110))
        return f'unpack(\n{lead}r"""\n{text}\n{lead}""",\n{lead}{array.shape},\n{lead[4:]})'
    digits = np.array2string(
        array.astype(np.float32), separator=", ", max_line_width=100, floatmode="unique", prefix=lead
    )
    if "\n" not in digits:
        return f"np.array({digits}, np.float32)"
    return f"np.array(\n{lead}{digits},\n{lead}np.float32,\n{lead[4:]})"


def _main(moment: Moment) -> str:
    return "\ndef main():\n" + "\n\n".join("\n".join(f"    {line}" for line in part) for part in _parts(moment))


def _parts(moment: Moment) -> Iterator[list[str]]:
    last = moment.trace.blocks + 1
    yield list(_forward(moment))
    yield list(_loss(moment))
    yield list(_backward(moment))
    lines = [f"# the update: plain gradient descent on this one image, learning rate {moment.settings.learning_rate:g}"]
    for name in (f"{letter}{number}" for number in range(1, last + 1) for letter in "wb"):
        lines.append(f'check("new {name}", {name} - learning_rate * d{name})')
    yield lines
    yield [f'print("every number of step {moment.step} is as the playground has it")']


def _forward(moment: Moment) -> Iterator[str]:
    last, flowing = moment.trace.blocks + 1, "x"
    yield "# forward"
    for n in range(1, last):
        yield f"z{n} = convolve({flowing}, w{n}, b{n})"
        yield f"A{n} = np.maximum(z{n}, 0)"
        yield f"P{n}, winner{n} = pool(A{n})"
        yield from _settled(moment, n)
        flowing = f"P{n}"
    yield f"F = {flowing}.reshape(-1)"
    yield f"z{last} = w{last} @ F + b{last}"
    if moment.trace.activation == "sigmoid":
        yield f"A{last} = 1 / (1 + np.exp(-z{last}))"
    else:
        yield f"e = np.exp(z{last} - z{last}.max())"
        yield f"A{last} = e / e.sum()"
    yield from (f'check("{name}", {name})' for name in moment.trace.forward_names if name not in ("x", "L"))


def _settled(moment: Moment, block: int) -> Iterator[str]:
    """The winners of windows with several nearly equal cells, where the engine's rounding made a later one larger."""
    a = moment.trace.arrays[f"A{block}"][0]
    c, rows, cols = moment.trace.arrays[f"P{block}"].shape[1:]
    whole = a[:, : 2 * rows, : 2 * cols].reshape(c, rows, 2, cols, 2)
    windows = whole.transpose(0, 1, 3, 2, 4).reshape(c, rows, cols, 4)
    nearly = (windows >= windows.max(axis=-1, keepdims=True) * (1 - _NEARLY)).argmax(axis=-1)
    won = windows.argmax(axis=-1)
    places = np.nonzero(nearly != won)
    if len(places[0]):
        yield f"# in {len(places[0])} windows nearly equal cells are told apart by rounding, as in the playground:"
        yield f"winner{block}[{', '.join(str(axis.tolist()) for axis in places)}] = {won[places].tolist()}"


def _loss(moment: Moment) -> Iterator[str]:
    last = moment.trace.blocks + 1
    yield "# the loss: minus the logarithm of what the true class gets"
    if moment.trace.activation == "sigmoid":
        yield f"L = np.logaddexp(0, -z{last}[0] if y == 1 else z{last}[0])  # -log A, -log(1 - A) without overflow"
    else:
        yield f"L = np.log(e.sum()) + z{last}.max() - z{last}[y]  # -log A[y], without overflow"
    yield 'check("L", L)'


def _backward(moment: Moment) -> Iterator[str]:
    last = moment.trace.blocks + 1
    yield "# backward, from the loss to the weights of the first layer"
    if moment.trace.activation == "sigmoid":
        yield f"dA{last} = -1 / A{last} if y == 1 else 1 + np.exp(z{last})  # 1 / (1 - A) is 1 + e^z"
        yield f"dz{last} = A{last} - y"
    else:
        yield f"dA{last} = -np.eye(len(A{last}))[y] / A{last}"
        yield f"dz{last} = A{last} - np.eye(len(A{last}))[y]"
    yield f"dw{last} = np.outer(dz{last}, F)"
    yield f"db{last} = dz{last}"
    yield f"dF = dz{last} @ w{last}"
    yield f"dP{last - 1} = dF.reshape(P{last - 1}.shape)"
    for n in range(last - 1, 0, -1):
        source = "x" if n == 1 else f"P{n - 1}"
        yield f"dA{n} = unpool(dP{n}, winner{n}, A{n}.shape)"
        yield f"dz{n} = dA{n} * (z{n} > 0)"
        yield f"dw{n} = convolve_weight_gradient({source}, dz{n})"
        yield f"db{n} = dz{n}.sum(axis=(1, 2))"
        if n > 1:
            yield f"dP{n - 1} = convolve_input_gradient(w{n}, dz{n})"
    yield from (f'check("{name}", {name})' for name in moment.trace.backward_names if name in _shown(moment))


def _shown(moment: Moment) -> list[str]:
    """The arrays that are compared: all but the image, and a ∂L/∂A of the output that has saturated."""
    trace, output = moment.trace, f"dA{moment.trace.blocks + 1}"
    saturated = bool(np.abs(trace.arrays[output]).max() > _SATURATED)
    left_out = ("x", output) if saturated else ("x",)
    return [name for name in (*trace.forward_names, *trace.backward_names) if name not in left_out]


def _expected(moment: Moment) -> str:
    trace = moment.trace
    found: dict[str, Array] = {}
    for name in _shown(moment):
        whole = is_parameter(name) or name == "L"
        found[name] = trace.arrays[name] if whole else trace.arrays[name][0]
    for name, array in after_plain_step(trace, moment.settings.learning_rate).items():
        found[f"new {name}"] = array
    lines = ["# --- what the playground had on screen " + "-" * 80, "", "EXPECTED = {"]
    lines += [f'    "{name}": {_known(array)},' for name, array in found.items()]
    return "\n".join([*lines, "}"])


def _known(array: Array) -> str:
    """A small array as it is, of a large one its shape and the three sums of `sums` in the script."""
    if array.size <= _WRITTEN_OUT:
        return _literal(array, indent=8)
    flat = array.reshape(-1).astype(np.float64)
    three = flat.sum(), np.abs(flat).sum(), flat @ np.sin(np.arange(len(flat)))
    return f"({array.shape}, {', '.join(f'{value:.9g}' for value in three)})"
