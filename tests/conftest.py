"""What holds for all tests."""

from __future__ import annotations

import signal

# A shell that starts the tests beside itself (`make test &`) has them ignore Ctrl-C, and so would all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
