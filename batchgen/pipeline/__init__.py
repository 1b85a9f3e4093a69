"""The journey of a job: plan, send, settle, watch, fetch, report; and the conductor that plays them together."""
