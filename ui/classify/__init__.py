"""Draw, open, drop or paste a picture and read what the network says."""
