"""The same network in PyTorch: values, every gradient, and twenty steps of each optimiser. Skipped without PyTorch."""

import numpy as np
import pytest

from core.layers import MaxPool2D
from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from core.network import build_network
from core.optimizers import SGD, Adam
from core.trace import trace
from core.training import train_step

torch = pytest.importorskip("torch")

SIDE = 15


def make(filters, outputs, dtype=np.float32):
    """(our network, our loss, x, y, PyTorch's parameters by name) with the same numbers."""
    network = build_network((1, SIDE, SIDE), 3, filters, outputs, seed=0, dtype=dtype)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((6, 1, SIDE, SIDE)).astype(dtype)
    y = rng.integers(0, max(outputs, 2), 6)
    parameters = {name: torch.tensor(value, requires_grad=True) for name, value in network.state_dict().items()}
    return network, BinaryCrossEntropy() if outputs == 1 else SoftmaxCrossEntropy(), x, y, parameters


def torch_pass(parameters, x, y, blocks):
    """(values by the names of a trace, loss) of PyTorch's forward pass, every gradient kept."""
    functional = torch.nn.functional
    values, flowing = {}, torch.tensor(x)
    for block in range(1, blocks + 1):
        weight, bias = parameters[f"conv{block}.weight"], parameters[f"conv{block}.bias"]
        values[f"z{block}"] = functional.conv2d(flowing, weight, bias)
        values[f"A{block}"] = functional.relu(values[f"z{block}"])
        values[f"P{block}"] = flowing = functional.max_pool2d(values[f"A{block}"], 2)
    values["F"] = flowing.flatten(1)
    logits = functional.linear(values["F"], parameters["fc.weight"], parameters["fc.bias"])
    values[f"z{blocks + 1}"] = logits
    if logits.shape[1] == 1:
        loss = functional.binary_cross_entropy_with_logits(logits[:, 0], torch.tensor(y).to(logits.dtype))
    else:
        loss = functional.cross_entropy(logits, torch.tensor(y))
    for value in values.values():
        value.retain_grad()
    return values, loss


@pytest.mark.parametrize(("filters", "outputs"), [((4,), 1), ((4,), 10), ((3, 4), 1), ((3, 4), 5)])
def test_every_value_and_gradient_of_a_trace_equals_pytorch(filters, outputs):
    network, loss, x, y, parameters = make(filters, outputs, np.float64)
    values, torch_loss = torch_pass(parameters, x, y, len(filters))
    torch_loss.backward()
    record = trace(network, loss, x, y)
    assert float(record.L) == pytest.approx(float(torch_loss.detach()), rel=1e-12)
    for name, value in values.items():
        np.testing.assert_allclose(record.arrays[name], value.detach().numpy(), rtol=1e-10, atol=1e-13, err_msg=name)
        gradient = value.grad.numpy()
        np.testing.assert_allclose(record.arrays[f"d{name}"], gradient, rtol=1e-10, atol=1e-13, err_msg=f"d{name}")
    for number, layer in enumerate([*(f"conv{block + 1}" for block in range(len(filters))), "fc"], start=1):
        for letter, key in (("w", "weight"), ("b", "bias")):
            ours, theirs = record.arrays[f"d{letter}{number}"], parameters[f"{layer}.{key}"].grad.numpy()
            np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13, err_msg=f"d{letter}{number}")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda: SGD(0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
        (lambda: SGD(0.05, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
        (lambda: Adam(0.01), lambda p: torch.optim.Adam(p, lr=0.01)),
    ],
    ids=["sgd", "momentum", "adam"],
)
@pytest.mark.parametrize(("filters", "outputs"), [((4,), 1), ((3, 4), 5)])
def test_twenty_steps_end_at_the_weights_of_pytorch(ours, theirs, filters, outputs):
    network, loss, x, y, parameters = make(filters, outputs)
    optimizer, torch_optimizer = ours(), theirs(parameters.values())
    for _ in range(20):
        value = train_step(network, loss, optimizer, x, y)
        torch_optimizer.zero_grad()
        _, torch_loss = torch_pass(parameters, x, y, len(filters))
        torch_loss.backward()
        torch_optimizer.step()
        assert value == pytest.approx(float(torch_loss.detach()), abs=1e-5)
    for name, parameter in network.parameters().items():
        np.testing.assert_allclose(parameter, parameters[name].detach().numpy(), rtol=0, atol=1e-5, err_msg=name)


def test_ties_go_to_the_same_cell_as_in_pytorch():
    x = np.random.default_rng(0).integers(0, 2, (2, 3, 9, 8)).astype(np.float32)
    tensor = torch.tensor(x, requires_grad=True)
    for kernel, stride in ((2, 2), (3, 2), (2, 1)):
        layer = MaxPool2D(kernel, stride)
        grad_y = np.random.default_rng(1).standard_normal(layer.forward(x).shape).astype(np.float32)
        tensor.grad = None
        torch.nn.functional.max_pool2d(tensor, kernel, stride).backward(torch.tensor(grad_y))
        np.testing.assert_allclose(layer.backward(grad_y), tensor.grad.numpy(), rtol=1e-6, atol=1e-6)
