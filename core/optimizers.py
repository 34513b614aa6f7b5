"""Rules that turn gradients into the next weights, with PyTorch's definitions."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.arrays import Array

__all__ = ["SGD", "Adam", "Optimizer"]


class Optimizer(ABC):
    """Base of the update rules: owns the learning rate and the memory that a rule keeps for each parameter.

    learning_rate: above 0, may be assigned between steps; raises ValueError otherwise.
    """

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate
        self.steps = 0
        self._memory: dict[str, dict[str, Array]] = {}
        self._scratch: dict[str, Array] = {}

    @property
    def learning_rate(self) -> float:
        """η: how far one step goes."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"learning_rate is {value}; it must be a finite number above 0.")
        self._learning_rate = float(value)

    def step(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> None:
        """Move every parameter in place against its gradient; both mappings hold the same names and shapes."""
        self.steps += 1
        for name, param in params.items():
            scratch = self._scratch.get(name)
            if scratch is None or scratch.shape != param.shape or scratch.dtype != param.dtype:
                scratch = self._scratch[name] = np.empty_like(param)
            self._update(name, param, grads[name], scratch)

    def memory_of(self, name: str, param: Array) -> tuple[Array, ...]:
        """What the rule keeps for a parameter, one array of its shape for each kind; zeros if it is a new one."""
        for kept in self._memory.values():
            if name not in kept:
                kept[name] = np.zeros_like(param)
        return tuple(kept[name] for kept in self._memory.values())

    @abstractmethod
    def _update(self, name: str, param: Array, grad: Array, scratch: Array) -> None:
        """Move one parameter in place; `scratch` is an array of its shape to compute in."""

    def state_dict(self) -> dict[str, Any]:
        """Copies of everything that the next step depends on: steps, learning_rate and the memory by kind and name."""
        memory = {kind: {name: value.copy() for name, value in kept.items()} for kind, kept in self._memory.items()}
        return {"steps": self.steps, "learning_rate": self.learning_rate, **memory}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state_dict`, bit for bit; raises ValueError if it comes from another kind of optimiser."""
        if set(state) != {"steps", "learning_rate", *self._memory}:
            raise ValueError(f"the state holds {sorted(state)}; {self!r} needs {sorted(self.state_dict())}.")
        self.learning_rate = state["learning_rate"]
        self.steps = int(state["steps"])
        for kind in self._memory:
            self._memory[kind] = {name: np.array(value) for name, value in state[kind].items()}


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

    v ← momentum · v + g,   w ← w - learning_rate · v        (v starts at 0; without momentum v = g)
    Raises ValueError unless 0 ≤ momentum < 1.
    """

    def __init__(self, learning_rate: float, momentum: float = 0.0) -> None:
        super().__init__(learning_rate)
        if not 0 <= momentum < 1:
            raise ValueError(f"momentum is {momentum}; it must be at least 0 and below 1.")
        self.momentum = float(momentum)
        if self.momentum:
            self._memory["velocity"] = {}

    def __repr__(self) -> str:
        return f"SGD(learning_rate={self.learning_rate:g}, momentum={self.momentum:g})"

    def _update(self, name: str, param: Array, grad: Array, scratch: Array) -> None:
        if self.momentum:
            (velocity,) = self.memory_of(name, param)
            velocity *= self.momentum
            velocity += grad
            grad = velocity
        np.multiply(grad, self._learning_rate, out=scratch)
        param -= scratch


class Adam(Optimizer):
    """Adam: steps scaled by running means of the gradient and of its square.

    mean ← β₁·mean + (1 - β₁)·g,   square ← β₂·square + (1 - β₂)·g²
    w ← w - learning_rate · (mean / (1 - β₁ᵗ)) / (√(square / (1 - β₂ᵗ)) + eps)      at step t
    Raises ValueError unless both betas are at least 0 and below 1 and eps is above 0.
    Source: Kingma, Ba (2015), "Adam: A Method for Stochastic Optimization".
    """

    def __init__(self, learning_rate: float, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8) -> None:
        super().__init__(learning_rate)
        if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
            raise ValueError(f"betas are {betas}; they must be two numbers of at least 0 and below 1.")
        if not (math.isfinite(eps) and eps > 0):
            raise ValueError(f"eps is {eps}; it must be a finite number above 0.")
        self.betas = (float(betas[0]), float(betas[1]))
        self.eps = float(eps)
        self._memory = {"mean": {}, "square": {}}

    def __repr__(self) -> str:
        return f"Adam(learning_rate={self.learning_rate:g}, betas={self.betas}, eps={self.eps:g})"

    def _update(self, name: str, param: Array, grad: Array, scratch: Array) -> None:
        mean, square = self.memory_of(name, param)
        beta1, beta2 = self.betas
        mean *= beta1
        np.multiply(grad, 1 - beta1, out=scratch)
        mean += scratch
        square *= beta2
        np.multiply(grad, grad, out=scratch)
        scratch *= 1 - beta2
        square += scratch
        np.sqrt(square, out=scratch)
        scratch /= math.sqrt(1 - beta2**self.steps)
        scratch += self.eps
        np.divide(mean, scratch, out=scratch)
        scratch *= self._learning_rate / (1 - beta1**self.steps)
        param -= scratch
