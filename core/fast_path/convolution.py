"""Convolution for pooling: z of the four cells of every 2×2 window as four planes, (2, 2, f, windows), without bias.

`windows` counts the pooling windows of all samples, (h', w', m) in one run, so that what pooling compares lies in four
contiguous planes. There are two ways to get there, and each is the faster one somewhere:

- `FramedConvolution` copies the pixels under a whole window once: the first block, where copying costs most.
- `ColumnConvolution` copies the pixels under every cell: deeper blocks, where the products cost most.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike

from core.arrays import Array, ShapeError
from core.layers import Conv2D, MaxPool2D

__all__ = ["ColumnConvolution", "Convolution", "FramedConvolution"]


class Convolution(ABC):
    """Memory and arithmetic of one convolution of images (c, h, w, m); raises ShapeError if they do not fit it."""

    def __init__(self, conv: Conv2D, shape: tuple[int, int, int, int]) -> None:
        channels, height, width, m = shape
        if channels != conv.in_channels:
            raise ShapeError(f"{conv!r} takes {conv.in_channels} channel(s), but its input has {channels}.")
        self.conv = conv
        height, width = MaxPool2D(2).output_size(*conv.output_size(height, width))
        self.pooled = height, width, m

    @property
    def windows(self) -> int:
        """How many pooling windows there are in all samples."""
        height, width, m = self.pooled
        return height * width * m

    @property
    @abstractmethod
    def copied_bytes(self) -> int:
        """The size of the copied pixels."""

    @property
    def kernels(self) -> Array:
        """(f, c·kh·kw), a view."""
        return self.conv.params["weight"].reshape(self.conv.out_channels, -1)

    @abstractmethod
    def forward(self, images: Array, z: Array) -> None:
        """Fill z (2, 2, f, windows) from images (c, h, w, m)."""

    @abstractmethod
    def backward(self, grad_z: Array, grad_weight: Array) -> None:
        """Fill ∂L/∂weight (f, c, kh, kw) from ∂L/∂z (2, 2, f, windows) for the images of the last forward."""


class FramedConvolution(Convolution):
    """All four cells of a window from one copy of the pixels beneath them: one product forward, one backward.

    The cell at (p, q) of a window sees what the window sees, through a kernel that is shifted by (p, q) strides in a
    larger frame. So four cells are four kernels on one set of pixels, which for 3×3 is 16 planes at a quarter of the
    places instead of 9 at all of them. The products grow by (frame / kernel)², here 16/9, but have four times as many
    rows, which suits them. ∂L/∂weight is the sum of the four frames, each shifted back.
    """

    def __init__(self, conv: Conv2D, shape: tuple[int, int, int, int], dtype: DTypeLike) -> None:
        super().__init__(conv, shape)
        channels, height, width, m = shape
        pooled_height, pooled_width, _ = self.pooled
        # windows are two strides apart; a frame of whole such steps lets one view name every tap, so that a kernel of
        # even size costs as much as the next larger one
        steps = 2 * conv.stride[0], 2 * conv.stride[1]
        across = [
            -(-(kernel + stride) // step)
            for kernel, stride, step in zip(conv.kernel_size, conv.stride, steps, strict=True)
        ]
        rows, cols = pooled_height + across[0] - 1, pooled_width + across[1] - 1
        # pixels sorted by their remainder modulo a step: a row of windows then reads each tap from one run of memory
        planes = np.zeros((channels, *steps, rows, cols, m), dtype)
        self._sorting: list[tuple[Array, tuple[slice, ...]]] = []
        for u, v in np.ndindex(*steps):
            place_rows, pixel_rows = _remainder(u, steps[0], conv.padding[0], height, rows)
            place_cols, pixel_cols = _remainder(v, steps[1], conv.padding[1], width, cols)
            self._sorting.append((planes[:, u, v, place_rows, place_cols], (slice(None), pixel_rows, pixel_cols)))
        dc, du, dv, dh, dw, dn = planes.strides
        taps = (channels, across[0], steps[0], across[1], steps[1], *self.pooled)
        self._columns = np.empty(taps, dtype)
        self._reads = as_strided(planes, taps, (dc, dh, du, dw, dv, dh, dw, dn), writeable=False)
        frame = across[0] * steps[0], across[1] * steps[1]
        self._frames, self._framed = _framed_kernels(conv, frame, dtype)
        self._grad_frames, self._grad_framed = _framed_kernels(conv, frame, dtype)

    @property
    def copied_bytes(self) -> int:
        """The size of the copied pixels."""
        return self._columns.nbytes

    def forward(self, images: Array, z: Array) -> None:
        """Fill z (2, 2, f, windows) from images (c, h, w, m)."""
        for place, pixels in self._sorting:
            np.copyto(place, images[pixels], casting="same_kind")
        np.copyto(self._columns, self._reads)
        np.copyto(self._framed, self.conv.params["weight"])
        np.matmul(self._frames, self._columns.reshape(-1, self.windows), out=z.reshape(-1, self.windows))

    def backward(self, grad_z: Array, grad_weight: Array) -> None:
        """Fill ∂L/∂weight (f, c, kh, kw) from ∂L/∂z (2, 2, f, windows) for the images of the last forward."""
        columns = self._columns.reshape(-1, self.windows)
        np.matmul(grad_z.reshape(-1, self.windows), columns.T, out=self._grad_frames)
        np.add.reduce(self._grad_framed, axis=(0, 1), out=grad_weight)


def _remainder(first: int, step: int, padding: int, size: int, places: int) -> tuple[slice, slice]:
    """Pixels `first`, first + step … of a padded axis: which places lie in the image, and which pixels go there."""
    outside = max(0, -(-(padding - first) // step))
    start = outside * step + first - padding
    count = max(0, min(places - outside, -(-(size - start) // step)))
    return slice(outside, outside + count), slice(start, start + count * step, step)


def _framed_kernels(conv: Conv2D, frame: tuple[int, int], dtype: DTypeLike) -> tuple[Array, Array]:
    """Four empty frames a kernel, (4·f, c·frame), and a view of the kernels' places in them, (2, 2, f, c, kh, kw)."""
    (sh, sw), kernels = conv.stride, (2, 2, conv.out_channels, conv.in_channels)
    frames = np.zeros((*kernels, *frame), dtype)
    dp, dq, df, dc, du, dv = frames.strides
    framed = as_strided(frames, (*kernels, *conv.kernel_size), (dp + sh * du, dq + sw * dv, df, dc, du, dv))
    return frames.reshape(4 * conv.out_channels, -1), framed


class ColumnConvolution(Convolution):
    """The pixels under every cell as one column, and ∂L/∂images by adding the gradients of the columns back."""

    def __init__(self, conv: Conv2D, shape: tuple[int, int, int, int], dtype: DTypeLike) -> None:
        super().__init__(conv, shape)
        channels, height, width, m = shape
        (kh, kw), (ph, pw) = conv.kernel_size, conv.padding
        pooled_height, pooled_width, _ = self.pooled
        cells = 2 * pooled_height, 2 * pooled_width, m
        self._padded = np.zeros((channels, height + 2 * ph, width + 2 * pw, m), dtype) if ph or pw else None
        self._inside = (slice(None), slice(ph, ph + height), slice(pw, pw + width))
        self._columns = np.empty((channels, kh, kw, *cells), dtype)
        # a product leaves the cells row by row; the view has the four cells of a window first
        self._z = np.empty((conv.out_channels, *cells), dtype)
        by_window = self._z.reshape(-1, pooled_height, 2, pooled_width, 2, m)
        self._z_by_cell = by_window.transpose(2, 4, 0, 1, 3, 5)
        self._grad_padded = np.empty((channels, height + 2 * ph, width + 2 * pw, m), dtype)
        # one row of the kernel at a time, so that its gradients are still in the cache when they are added up
        self._grad_row = np.empty((channels, kw, *cells), dtype)
        places = self._reads(self._grad_padded, writeable=True)
        self._adding = [[(places[:, u, v], self._grad_row[:, v]) for v in range(kw)] for u in range(kh)]

    def _reads(self, padded: Array, writeable: bool = False) -> Array:
        """View of (c, h, w, m) as (c, kh, kw, rows, columns, m): what each tap reads for each cell."""
        dc, dh, dw, dn = padded.strides
        strides = (dc, dh, dw, dh * self.conv.stride[0], dw * self.conv.stride[1], dn)
        return as_strided(padded, self._columns.shape, strides, writeable=writeable)

    @property
    def copied_bytes(self) -> int:
        """The size of the copied pixels."""
        return self._columns.nbytes

    def forward(self, images: Array, z: Array) -> None:
        """Fill z (2, 2, f, windows) from images (c, h, w, m)."""
        if self._padded is not None:
            np.copyto(self._padded[self._inside], images)
            images = self._padded
        np.copyto(self._columns, self._reads(images))
        filters = len(self._z)
        columns = self._columns.reshape(self.kernels.shape[1], -1)
        np.matmul(self.kernels, columns, out=self._z.reshape(filters, -1))
        np.copyto(z.reshape(self._z_by_cell.shape), self._z_by_cell)

    def backward(self, grad_z: Array, grad_weight: Array) -> None:
        """Fill ∂L/∂weight (f, c, kh, kw) from ∂L/∂z (2, 2, f, windows) for the images of the last forward."""
        np.copyto(self._z_by_cell, grad_z.reshape(self._z_by_cell.shape))
        columns = self._columns.reshape(self.kernels.shape[1], -1)
        np.matmul(self._z.reshape(len(self._z), -1), columns.T, out=grad_weight.reshape(self.kernels.shape))

    def backward_images(self) -> Array:
        """∂L/∂images (c, h, w, m) for the ∂L/∂z of the last `backward`."""
        self._grad_padded.fill(0)
        weight, grad_z = self.conv.params["weight"], self._z.reshape(len(self._z), -1)
        for u, taps in enumerate(self._adding):
            kernel_rows = weight[:, :, u].reshape(len(weight), -1)
            np.matmul(kernel_rows.T, grad_z, out=self._grad_row.reshape(-1, grad_z.shape[1]))
            for place, grad in taps:
                # within one tap no pixel is read twice, so adding in place is safe
                np.add(place, grad, out=place)
        return np.ascontiguousarray(self._grad_padded[self._inside])
