"""Pretrained networks: what they bring for a new task, by experiment."""
