"""The convolution layer (cross-correlation, as everywhere in the field)."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from core.arrays import Array, ShapeError, Size, pair
from core.initialization import he_normal
from core.layers.base import Layer, batch_first, batch_last, float_dtype, require_axes

__all__ = ["Conv2D"]


class Conv2D(Layer):
    """Slide kernels over a batch of images.

    forward    y[n,f,i,j] = bias[f] + Σ_c,u,v weight[f,c,u,v] · x[n, c, i·stride + u - padding, j·stride + v - padding]
    backward   ∂L/∂weight[f,c,u,v] = Σ_n,i,j ∂L/∂y[n,f,i,j] · x[n, c, i·stride + u - padding, j·stride + v - padding]
               ∂L/∂bias[f]         = Σ_n,i,j ∂L/∂y[n,f,i,j]
               ∂L/∂x               = each ∂L/∂y[n,f,i,j] · weight[f] added back where its window lay

    Every window becomes a column of one matrix with the taps as rows, so that each of the three sums is one matrix
    product. The bias is one more tap whose input is always 1.
    weight: (out_channels, in_channels, kh, kw), He-normal from `rng` (seed 0 if none); bias: (out_channels,), zeros.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        *,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.in_channels, _ = pair(in_channels, "in_channels")
        self.out_channels, _ = pair(out_channels, "out_channels")
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = pair(stride, "stride")
        self.padding = pair(padding, "padding", minimum=0)
        kh, kw = self.kernel_size
        shape = (self.out_channels, self.in_channels, kh, kw)
        rng = np.random.default_rng(0) if rng is None else rng
        self.params["weight"] = he_normal(shape, self.in_channels * kh * kw, rng, float_dtype(dtype))
        self.params["bias"] = np.zeros(self.out_channels, dtype)
        self._forget()

    def __repr__(self) -> str:
        return (
            f"Conv2D({self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, padding={self.padding})"
        )

    def _forget(self) -> None:
        self._columns: Array | None = None
        self._padded: Array | None = None
        self._x_shape: tuple[int, ...] = ()

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """(h', w') with h' = (h + 2·padding - kh) // stride + 1; raises ShapeError if the kernel does not fit."""
        sides = []
        for name, side, kernel, stride, padding in zip(
            ("height", "width"), (height, width), self.kernel_size, self.stride, self.padding, strict=True
        ):
            if kernel > side + 2 * padding:
                raise ShapeError(
                    f"the kernel of {self!r} is {kernel} wide in the {name}, but the padded image is only "
                    f"{side + 2 * padding}; use a kernel of at most {side + 2 * padding} or more padding."
                )
            sides.append((side + 2 * padding - kernel) // stride + 1)
        return sides[0], sides[1]

    def forward(self, x: Array) -> Array:
        """Cross-correlate a batch with the kernels and add the bias.

        x: (m, c, h, w).  Returns (m, f, h', w') with h' = (h + 2·padding - kh) // stride + 1.
        Raises ShapeError if c is not `in_channels` or the kernel does not fit the padded image.
        """
        require_axes(x, 4, self, "(m, channels, height, width)")
        m, channels, height, width = x.shape
        if channels != self.in_channels:
            raise ShapeError(f"{self!r} takes {self.in_channels} channel(s), but the input has {channels}.")
        out_height, out_width = self.output_size(height, width)
        columns = self._fill_columns(x, out_height, out_width)
        weight, bias = self.params["weight"], self.params["bias"]
        kernels = np.empty((self.out_channels, len(columns)), weight.dtype)
        kernels[:, :-1] = weight.reshape(self.out_channels, -1)
        kernels[:, -1] = bias
        self._x_shape = x.shape
        return batch_first((kernels @ columns).reshape(self.out_channels, out_height, out_width, m))

    def backward(self, grad_y: Array) -> Array:
        """Return ∂L/∂x (m, c, h, w) for ∂L/∂y (m, f, h', w'), and fill grads "weight" and "bias"."""
        self.backward_params(grad_y)
        return self.input_gradient(grad_y, self.params["weight"])

    def backward_params(self, grad_y: Array) -> None:
        """Fill grads "weight" and "bias" without computing ∂L/∂x."""
        rows = self._gradient_rows(grad_y)
        assert self._columns is not None
        products = rows @ self._columns.T
        self.grads["weight"] = products[:, :-1].reshape(self.params["weight"].shape)
        self.grads["bias"] = products[:, -1].copy()

    def input_gradient(self, grad_y: Array, weight: Array) -> Array:
        """∂L/∂x (m, c, h, w) as kernels (f, c, kh, kw) hand ∂L/∂y (m, f, h', w') back to where their windows lay."""
        return self._scatter(weight.reshape(self.out_channels, -1).T @ self._gradient_rows(grad_y))

    def _fill_columns(self, x: Array, out_height: int, out_width: int) -> Array:
        """The windows of x as columns: (c·kh·kw + 1, h'·w'·m), the last row all ones."""
        dtype = self.params["weight"].dtype
        m, channels, height, width = x.shape
        (kh, kw), (sh, sw), (ph, pw) = self.kernel_size, self.stride, self.padding
        if ph or pw:
            shape = (channels, height + 2 * ph, width + 2 * pw, m)
            if self._padded is None or self._padded.shape != shape or self._padded.dtype != dtype:
                self._padded = np.zeros(shape, dtype)
            self._padded[:, ph : ph + height, pw : pw + width] = batch_last(x)
            images = self._padded
        else:
            images = np.ascontiguousarray(batch_last(x), dtype)
        taps, pixels = channels * kh * kw, out_height * out_width * m
        if self._columns is None or self._columns.shape != (taps + 1, pixels) or self._columns.dtype != dtype:
            self._columns = np.empty((taps + 1, pixels), dtype)
            self._columns[-1] = 1
        dc, dh, dw, dn = images.strides
        # the constructor refuses strides that lead out of the images' memory
        windows: Array = np.ndarray(
            (channels, kh, kw, out_height, out_width, m), dtype, images, strides=(dc, dh, dw, dh * sh, dw * sw, dn)
        )
        np.copyto(self._columns[:-1].reshape(windows.shape), windows)
        return self._columns

    def _gradient_rows(self, grad_y: Array) -> Array:
        if self._columns is None:
            raise self._not_forwarded()
        m, _, height, width = self._x_shape
        self._check_gradient(grad_y, (m, self.out_channels, *self.output_size(height, width)))
        dtype = self.params["weight"].dtype
        return np.ascontiguousarray(batch_last(grad_y), dtype).reshape(self.out_channels, -1)

    def _scatter(self, grad_columns: Array) -> Array:
        """Add the gradient of every window back to its place in the image: (c·kh·kw, h'·w'·m) → (m, c, h, w)."""
        m, channels, height, width = self._x_shape
        (kh, kw), (sh, sw), (ph, pw) = self.kernel_size, self.stride, self.padding
        out_height, out_width = self.output_size(height, width)
        taps = grad_columns.reshape(channels, kh, kw, out_height, out_width, m)
        grad_x = np.zeros((channels, height + 2 * ph, width + 2 * pw, m), grad_columns.dtype)
        for u in range(kh):
            for v in range(kw):
                grad_x[:, u : u + sh * out_height : sh, v : v + sw * out_width : sw] += taps[:, u, v]
        return batch_first(grad_x[:, ph : ph + height, pw : pw + width])
