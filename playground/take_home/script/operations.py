"""The part of a script that is the same in each: the operations, and how it compares."""

__all__ = ["HEAD"]

HEAD = '''\
"""{title}

{facts}

Run it with Python and NumPy: every value and every derivative of the image, the gradient of the next batch and the
update are computed again from the images and the weights, and compared with what the playground had on screen.
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
        shape, expected = expected[0], np.array(expected[1:])
        compared, size = sums(values), expected[1]
    else:
        shape, compared, size = np.shape(expected), values, np.abs(expected).max()
    assert np.shape(values) == shape, f"{{name}} has shape {{np.shape(values)}}, not {{shape}}"
    worst = np.abs(compared - expected).max()
    assert worst < 1e-4 * size + 1e-6, f"{{name}} is off by {{worst:.1e}}, and its size is {{size:.1e}}"
    print(f"{{name:>8}} is what the playground shows")


def settle(array, decided):
    """Put right the cells that rounding decides: (where, what)."""
    if decided:
        array[decided[0]] = decided[1]


def unpack(text, shape, dtype):
    """An array from text."""
    return np.frombuffer(zlib.decompress(base64.b85decode("".join(text.split()))), dtype).reshape(shape)

'''
"""To be filled in by `str.format`: `title`, `facts`."""
