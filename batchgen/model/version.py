"""Which batchgen this is: for those within it who say so, and must not load it as a whole for that."""

VERSION = "0.1.0"
