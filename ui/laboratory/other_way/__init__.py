"""The gradient of a convolution's input, by scatter and by full convolution, side by side."""
