"""The layers of the network, each with its gradient beside it."""

from core.layers.activation import ReLU, Sigmoid
from core.layers.base import Layer
from core.layers.convolution import Conv2D
from core.layers.dense import Dense, Flatten
from core.layers.pooling import MaxPool2D

__all__ = ["Conv2D", "Dense", "Flatten", "Layer", "MaxPool2D", "ReLU", "Sigmoid"]
