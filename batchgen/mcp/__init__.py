"""batchgen for assistants: the Model Context Protocol, over standard input and output or HTTP on this machine."""
