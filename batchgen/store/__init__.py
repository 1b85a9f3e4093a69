"""Remembers every job, submission and file, so that any run can go on where it stopped."""
