"""What leaves the playground: files that other programs go on with."""
