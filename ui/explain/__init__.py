"""Where a number comes from: the cell pointed at, its pins, the strip that spells its sum, all of its terms."""
