"""What the window shows in the pictures of the guide: a module a part of the guide."""
