"""Finished videos on their way to disk: what they are called, how they are fetched, and whether they are whole."""
