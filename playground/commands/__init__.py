"""What the program does in a terminal: one module a command, each with `add_options(parser)` and `run(options)`."""
