"""The data workshop: draw a data set, fix one, and train on it at any moment."""
