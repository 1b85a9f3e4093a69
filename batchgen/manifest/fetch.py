"""Gets a sheet by its link: the default network of ``open_manifest``, and what it knows of links to sheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchgen.model.address import is_loopback
from batchgen.model.errors import UnreachableError
from batchgen.model.network import UNREADABLE_PROXY

if TYPE_CHECKING:
    import httpx

#: A sheet larger than this is not read from a link.
SIZE_LIMIT = 200 * 1024 * 1024
TIMEOUT_S = 60.0

_LINK = re.compile(r"https?://", re.IGNORECASE)
_GOOGLE_SHEET = re.compile(r"(https://docs\.google\.com/spreadsheets/d/(?!e/)[\w-]+)/(edit|view|htmlview)?(.*)$")
_GOOGLE_TAB = re.compile(r"[#?&]gid=(\d+)")


def is_link(name: str) -> bool:
    """Tell whether a manifest is named by a link and not by a path."""
    return _LINK.match(name) is not None


def is_safe(link: str) -> bool:
    """Tell whether a link is https, or http that stays on this machine."""
    import httpx  # noqa: PLC0415 - for those who name a link

    try:
        url = httpx.URL(link)
    except httpx.InvalidURL:
        return False
    return bool(url.host) and (url.scheme == "https" or (url.scheme == "http" and is_loopback(url.host)))


def sheet_link(link: str) -> str:
    """Give the link that downloads a sheet: a Google Sheet's own address shows an editor, not its cells."""
    found = _GOOGLE_SHEET.match(link)
    if not found:
        return link
    tab = _GOOGLE_TAB.search(found[3])
    return f"{found[1]}/export?format=csv" + (f"&gid={tab[1]}" if tab else "")


def download(url: str) -> bytes:
    """See ``Fetch``. Follows redirects as long as they are safe."""
    import httpx  # noqa: PLC0415 - see above

    hooks = {"request": [_refuse_unsafe]}
    try:
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=True, event_hooks=hooks) as client,
            client.stream("GET", url) as reply,
        ):
            return _body(url, reply)
    except httpx.InvalidURL as error:
        if is_safe(url):  # It is not the link that cannot be read. What the error says is a piece of a password.
            raise UnreachableError(f"{url} could not be fetched: {UNREADABLE_PROXY}.") from None
        raise UnreachableError(f"{url} is not a link: {error}.") from error
    except httpx.HTTPError as error:
        raise UnreachableError(f"{url} could not be fetched: {str(error) or type(error).__name__}.") from error


def _refuse_unsafe(request: httpx.Request) -> None:
    if not is_safe(str(request.url)):
        raise UnreachableError(f"{request.url} is not fetched: only https links are.")


def _body(url: str, reply: httpx.Response) -> bytes:
    if reply.status_code in (401, 403):
        raise UnreachableError(f"{url} is not public. Publish the sheet, or share it with anyone who has the link.")
    if reply.status_code != 200:
        raise UnreachableError(f"{url} could not be fetched: the server answered {reply.status_code}.")
    body = bytearray()
    for piece in reply.iter_bytes():
        body += piece
        if len(body) > SIZE_LIMIT:
            raise UnreachableError(f"{url} is larger than {SIZE_LIMIT >> 20} MB. Save it and name the file instead.")
    return bytes(body)
