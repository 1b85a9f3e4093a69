"""Where events arrive: a gate that lets through what is signed and new, and the server in front of it."""
