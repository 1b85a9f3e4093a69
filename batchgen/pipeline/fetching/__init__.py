"""RENDERED → DONE: finished videos and their captions come home."""
