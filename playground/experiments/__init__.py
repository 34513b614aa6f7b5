"""Runs beside the one in the window: two in lockstep, or many in worker processes, and what is kept of each."""
