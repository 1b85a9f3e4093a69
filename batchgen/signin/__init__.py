"""Signing in: credentials that are kept for a profile, and tokens that are renewed. The network is `server.py`."""
