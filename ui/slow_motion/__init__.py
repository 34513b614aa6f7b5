"""One batch in slow motion: forward, loss, backward, update, stage by stage."""
