"""Uploaded files: only what they are called, what they are and how large they are is kept."""

from typing import Any

from batchgen.sandbox.desk import Desk
from batchgen.sandbox.wire import Refusal

LARGEST = 32 * 1024 * 1024  #: Bytes that an upload may have, as the v3 reference says.
_MAGIC = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"ID3": "audio/mpeg",
    b"RIFF": "audio/wav",
    b"\x1aE\xdf\xa3": "video/webm",
    b"%PDF": "application/pdf",
}


def from_body(desk: Desk) -> dict[str, Any]:
    """Take the body as the file; its Content-Type must be what it is, as v1's upload has it."""
    kind = desk.call.headers.get("content-type", "").partition(";")[0]
    real = _look(desk.call.body) or kind
    if not desk.call.body or not kind:
        raise Refusal(400, "invalid_parameter", "No file in the request.", number=40001)
    if kind != real:
        raise Refusal(400, "invalid_parameter", f"Content type not match {kind} != {real}", number=400543)
    return _keep(desk, desk.call.body, kind, "upload")


def from_form(desk: Desk) -> dict[str, Any]:
    """Take the part called `file` of a multipart form."""
    kind = desk.call.headers.get("content-type", "")
    _, marked, boundary = kind.partition("boundary=")
    parts = desk.call.body.split(b"--" + boundary.strip('"').encode()) if marked else []
    for part in parts:
        head, gap, content = part.partition(b"\r\n\r\n")
        if gap and b'name="file"' in head:
            content = content.removesuffix(b"\r\n")
            return _keep(desk, content, _look(content) or "application/octet-stream", _name(head))
    raise Refusal(400, "invalid_parameter", "file is required.", param="file")


def _keep(desk: Desk, content: bytes, kind: str, name: str) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise Refusal(413, "payload_too_large", "File is too large.", param="file")
    studio = desk.studio
    asset_id = desk.asking.draw.hex_id("asset")
    studio.assets[asset_id] = {
        "asset_id": asset_id,
        "url": f"{desk.call.base}/assets/{asset_id}",
        "mime_type": kind,
        "size_bytes": len(content),
        "name": name,
        "created_ts": int(desk.now),
    }
    return studio.assets[asset_id]


def _look(content: bytes) -> str | None:
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)


def _name(head: bytes) -> str:
    _, there, rest = head.partition(b'filename="')
    return rest.partition(b'"')[0].decode("utf-8", "replace") if there else "upload"
