"""Runs beside the one in the window: compared in lockstep, or swept over settings in processes of their own."""
