"""Finds out whether this machine, its settings and its network are fit for a run. Each check is a function."""
