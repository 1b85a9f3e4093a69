"""The real command against the real sandbox over HTTP, killed and troubled until its promises would have to break."""
