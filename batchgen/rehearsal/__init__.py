"""A run without its hours: the real pipeline and store, on a clock of their own, against the sandbox's world."""
