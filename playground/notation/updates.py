"""How an optimiser changes a weight: its rule in letters, and the same with the numbers of one cell."""

from __future__ import annotations

from collections.abc import Callable

from core.derivation.wiring import Index
from core.optimizers import SGD, Adam, Optimizer
from playground.batch_step import BatchStep
from playground.notation.names import display_name
from playground.notation.numbers import chosen_number

__all__ = ["is_frozen", "update_rule", "update_working"]

Number = Callable[[float], str]


def update_rule(rule: Optimizer, name: str = "w", gradient: str = "∂L/∂w") -> str:
    """'w ← w − η ∂L/∂w', 'w ← w − η v' with momentum, 'w ← w − η m̂/(√v̂ + ε)' by Adam."""
    if isinstance(rule, Adam):
        return f"{name} ← {name} − η m̂/(√v̂ + ε)"
    return f"{name} ← {name} − η {'v' if isinstance(rule, SGD) and rule.momentum else gradient}"


def is_frozen(step: BatchStep, name: str) -> bool:
    """Whether parameter `name` gets no update in a step."""
    return f"conv{name[1:]}" in step.frozen


def update_working(step: BatchStep, name: str, index: Index, number: Number) -> tuple[str, ...]:
    """The lines that lead to a cell of a parameter after the step, each a sum in numbers; the last one begins with "←".

    Momentum keeps v, a running sum of the gradients; Adam m and v, running means of the gradient and of its square, and
    m̂ and v̂, these without the zeros they began with. number: how a number is written.
    """
    before, gradient, after = (float(a[name][index]) for a in (step.weights, step.gradients, step.weights_after))
    derivative = f"{display_name(f'd{name}')} = {number(gradient)}"
    if is_frozen(step, name):
        return (f"← {number(after)}, frozen: no update; {derivative}",)
    lines, direction = _direction(step, name, index, gradient, number)
    eta = chosen_number(step.learning_rate)
    return (*lines, f"← {number(before)} − {eta} · {direction} = {number(after)}")


def _direction(
    step: BatchStep, name: str, index: Index, gradient: float, number: Number
) -> tuple[tuple[str, ...], str]:
    """The lines before the update, and what η is multiplied with."""
    rule, derivative = step.rule, display_name(f"d{name}")

    def kept(kind: str) -> float:
        known = step.memory[kind]
        return float(known[name][index]) if name in known else 0.0

    def factor(value: float) -> str:
        return f"({number(value)})" if value < 0 else number(value)

    if isinstance(rule, Adam):
        first, second = rule.betas
        mean, square = kept("mean"), kept("square")
        m, v = first * mean + (1 - first) * gradient, second * square + (1 - second) * gradient**2
        t = rule.steps + 1
        whole_m, whole_v = m / (1 - first**t), v / (1 - second**t)
        rest, rest_of_square = chosen_number(1 - first), chosen_number(1 - second)
        sum_of_m = f"{first:g} · {factor(mean)} + {rest} · {factor(gradient)}"
        sum_of_v = f"{second:g} · {number(square)} + {rest_of_square} · {factor(gradient)}²"
        lines = (
            f"m ← {first:g}·m + {rest}·{derivative} = {sum_of_m} = {number(m)}",
            f"v ← {second:g}·v + {rest_of_square}·({derivative})² = {sum_of_v} = {number(v)}",
            f"m̂ = m/(1 − {first:g}^{t}) = {number(whole_m)},  v̂ = v/(1 − {second:g}^{t}) = {number(whole_v)}",
        )
        return lines, f"{factor(whole_m)}/(√{number(whole_v)} + {chosen_number(rule.eps)})"
    if isinstance(rule, SGD) and rule.momentum:
        velocity = kept("velocity")
        v = rule.momentum * velocity + gradient
        sum_ = f"{rule.momentum:g} · {factor(velocity)} + {factor(gradient)}"
        return (f"v ← {rule.momentum:g}·v + {derivative} = {sum_} = {number(v)}",), factor(v)
    return (), factor(gradient)
