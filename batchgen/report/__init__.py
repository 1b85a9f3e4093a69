"""What became of every line: the results file, the closing table, and the summary for scripts."""
