"""See all images of the data: a gallery to filter and sort, what is taken for what, the classes side by side."""
