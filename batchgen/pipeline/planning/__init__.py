"""Rows → PLANNED: what a sheet asks for, found among what is known already, and what it comes to."""
