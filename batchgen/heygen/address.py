"""Checks where requests go, before anything is sent."""

from __future__ import annotations

from yarl import URL

from batchgen.model.address import is_loopback
from batchgen.model.errors import ConfigError


def check_address(base_url: str) -> bool:
    """Refuse an address to which a key must not be sent; tell whether it is this machine."""
    try:
        url = URL(base_url)
        host = url.host or ""
    except ValueError:
        raise ConfigError("The base address cannot be read. It looks like https://api.heygen.com.") from None
    local = is_loopback(host)
    if url.scheme != "https" and not (url.scheme == "http" and local):
        raise ConfigError("The base address must begin with https://. Plain http:// is for this machine alone.")
    if not host or url.user is not None or url.password is not None or url.query_string or url.fragment:
        raise ConfigError("The base address is a host and perhaps a path: no name, password, ? or # in it.")
    return local
