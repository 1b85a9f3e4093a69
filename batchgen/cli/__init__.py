"""The command line: words become calls, and what happened becomes words and exit codes."""
