"""What this machine says of the way to others: which proxy leads there, and whose certificates are believed."""

from __future__ import annotations

import os
import ssl
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

from batchgen.model.address import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What an address that no client can read tells of itself would be the whole of it, and so its password.
UNREADABLE_PROXY = (
    "the proxy's address cannot be read; in its name and password, write # as %23, / as %2F, ? as %3F and [ as %5B"
)

#: What helps where a proxy wants to know who asks.
PROXY_REMEDY = "set HTTPS_PROXY to http://NAME:PASSWORD@HOST:PORT with what the proxy knows you by, or ask IT for it"


def proxy_for(scheme: str, host: str) -> str | None:
    """Give the address of the proxy that is to be asked for a host; None: it is reached directly.

    A proxy for the world outside is none for this machine.
    """
    if is_loopback(host):
        return None
    proxies = getproxies()
    named = proxies.get(scheme) or proxies.get("all")
    if not named or proxy_bypass(host):
        return None
    return named if "://" in named else f"http://{named}"


def certificates(usual: str) -> ssl.SSLContext:
    """Read the certificates that servers are known by: those that the environment names, or the ``usual`` file's.

    Raises ``OSError`` where there are none.
    """
    return _certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"), usual)


@lru_cache(maxsize=4)  # To read them all takes a twentieth of a second.
def _certificates(file: str | None, folder: str | None, usual: str) -> ssl.SSLContext:
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    return ssl.create_default_context(cafile=usual)


@contextmanager
def unread_certificates() -> Iterator[None]:
    """Have a client of HTTP imported that would read the system's certificates for it: a twentieth of a second.

    Nothing is asked by them: each request is given those of ``certificates``. What is left is to refuse every server.
    """
    told = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = os.devnull
    try:
        yield
    finally:
        del os.environ["SSL_CERT_FILE"]
        if told is not None:
            os.environ["SSL_CERT_FILE"] = told


def is_of_tunnel(error: Exception) -> bool:
    """Tell whether it was a proxy's answer to the wish for a tunnel that failed: then nothing went through it."""
    return getattr(getattr(error, "request_info", None), "method", None) == "CONNECT"


def connecting(error: OSError) -> str:
    """Say why no connection came to stand. Where it was cut in the middle, the error itself says no more than None."""
    said = str(error)
    cut = "the connection was cut while it was being secured, as by a proxy or a firewall"
    return said.replace("[None]", f"[{cut}]")
