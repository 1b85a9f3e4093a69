"""Links to files: signed, with an end, and signed anew each time that somebody asks for a status."""

from hashlib import blake2b

from batchgen.sandbox.wire import Answer


def sign(base: str, name: str, *, expires: int, secret: int) -> str:
    """Give the link to a file, good until `expires` (epoch seconds)."""
    return f"{base}/files/{name}?Expires={expires}&Signature={_signature(name, expires, secret)}"


def sign_upload(base: str, name: str, *, expires: int, secret: int) -> str:
    """Give the link to a place for an upload, good until `expires` (epoch seconds)."""
    return f"{base}/uploads/{name}?Expires={expires}&Signature={_signature('put ' + name, expires, secret)}"


def is_good_upload(name: str, query: dict[str, str], *, now: float, secret: int) -> bool:
    """Tell whether such a link was signed here and has not ended."""
    return is_good("put " + name, query, now=now, secret=secret)


def is_good(name: str, query: dict[str, str], *, now: float, secret: int) -> bool:
    """Tell whether a link was signed here and has not ended."""
    expires = query.get("Expires", "")
    if not expires.isdigit() or now >= int(expires):
        return False
    return query.get("Signature") == _signature(name, int(expires), secret)


def denied() -> Answer:
    """Answer as an object store does for a link that has ended."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    )
    return Answer(403, body.encode(), {"content-type": "application/xml"})


def _signature(name: str, expires: int, secret: int) -> str:
    return blake2b(f"{secret}:{name}:{expires}".encode(), digest_size=16).hexdigest()
