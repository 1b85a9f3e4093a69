"""When a request may leave: rates, waits, and the places of an account."""
