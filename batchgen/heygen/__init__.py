"""HeyGen's API: two generations of it as pure dialects, and the one client that touches the network."""
