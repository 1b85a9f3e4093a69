"""The one place that picks the real things: SQLite, HTTP, the machine's clock, folders and files."""
