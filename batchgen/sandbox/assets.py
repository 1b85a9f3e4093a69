"""Uploaded files, by the three ways that HeyGen's references tell.

v1 takes the body as the file, v3 a form of up to 32 MB; and v3 gives a place in an object store for larger ones, holds
what comes against its length and SHA-256, and makes an asset of it when it is told that all is there.
"""

from dataclasses import replace
from typing import Any

from batchgen.sandbox import links
from batchgen.sandbox.asset import Asset
from batchgen.sandbox.blob import Blob
from batchgen.sandbox.desk import Desk, not_found
from batchgen.sandbox.fields import Fields, bad
from batchgen.sandbox.job import UNREACHABLE, Order
from batchgen.sandbox.wire import Answer, Call, Fate, Refusal, v1, v3, v3_page

LARGEST = 32 * 1024 * 1024  #: Bytes that v3 takes in a form, as its reference says.
LARGEST_V1 = 100 * 1000 * 1000  #: Bytes that v1 takes; its documents give this for videos.
LARGEST_DIRECT = 5 * 1024**3  #: Bytes that an object store takes in one piece.
_KINDS = (
    "image/png",
    "image/jpeg",
    "video/mp4",
    "video/webm",
    "audio/mpeg",
    "audio/wav",
    "application/pdf",
    "application/x-subrip",
    "application/zip",
)
_LONGEST_FILM = 20.0  # seconds of film that are made for an uploaded video, however long it is


def upload_v1(desk: Desk) -> Answer:
    """POST /v1/asset: the body is the file, and its Content-Type must be what it is."""
    blob = desk.call.blob or Blob.of(desk.call.body)
    kind = desk.call.headers.get("content-type", "").partition(";")[0]
    if not blob.size or not kind:
        raise Refusal(400, "invalid_parameter", "No file in the request.", number=40001)
    if kind != (blob.kind or kind):
        raise Refusal(400, "invalid_parameter", f"Content type not match {kind} != {blob.kind}", number=400543)
    if blob.size > LARGEST_V1:
        raise Refusal(413, "payload_too_large", "File is too large.", number=400543)
    asset = _make(desk, blob, kind)
    data = {**_row_v1(desk, asset), "meta": None}
    if kind.startswith("image"):
        data["image_key"] = f"image/{asset.id}/original"
    answer = v1(data, message=None)
    answer.body = answer.body[:-1] + b',"msg":null}'
    return answer


def list_v1(desk: Desk) -> Answer:
    """GET /v1/asset/list: newest first, by sort; a file is called by its id."""
    sort, folder = desk.call.query.get("file_type"), desk.call.query.get("folder_id")
    limit, token = desk.limit(default=100, lowest=0) or 100, desk.call.query.get("token") or "0"
    if not token.isdigit():
        raise bad("token", "is not a valid page token.")
    lag = desk.studio.options.faults.list_lag
    shown = [
        asset
        for asset in reversed(desk.studio.assets.values())
        if not asset.deleted and asset.created_at + lag <= desk.now and asset.ready_at is not None
    ]
    rows = [_row_v1(desk, one) for one in shown if sort in {None, _family(one)} and folder in {None, ""}]
    end = int(token) + limit
    more = str(end) if end < len(rows) else None
    return v1({"assets": rows[int(token) : end], "total": len(rows), "token": more})


def delete_v1(desk: Desk, asset_id: str) -> Answer:
    """POST /v1/asset/{id}/delete."""
    _delete(desk, asset_id)
    return v1({"id": asset_id})


def upload_v3(desk: Desk) -> Answer:
    """POST /v3/assets: one file as the part called `file` of a form."""
    kind = desk.call.headers.get("content-type", "")
    _, marked, boundary = kind.partition("boundary=")
    parts = desk.call.body.split(b"--" + boundary.strip('"').encode()) if marked else []
    for part in parts:
        head, gap, content = part.partition(b"\r\n\r\n")
        if gap and b'name="file"' in head:
            blob = Blob.of(content.removesuffix(b"\r\n"))
            if blob.size > LARGEST:
                raise Refusal(413, "payload_too_large", "File is too large.", param="file")
            asset = _make(desk, blob, blob.kind or "application/octet-stream", name=_name(head))
            told = {"asset_id": asset.id, "url": _url(desk, asset), "mime_type": asset.kind}
            return v3({**told, "size_bytes": asset.size})
    raise Refusal(400, "invalid_parameter", "file is required.", param="file")


def open_direct(desk: Desk) -> Answer:
    """POST /v3/assets/direct-uploads: an id, and a place for the bytes."""
    wanted = Fields(desk.call.json)
    kind, size = wanted.needs("content_type"), wanted.number("size_bytes", 1, LARGEST_DIRECT)
    if kind not in _KINDS:
        raise bad("content_type", f"must be one of {', '.join(_KINDS)}.")
    if size is None:
        raise bad("size_bytes", "is required.")
    asset = Asset(
        id=desk.asking.draw.hex_id("asset"),
        name=wanted.needs("filename"),
        kind=kind,
        route=desk.asking.route,
        created_at=desk.now,
        want_size=int(size),
        want_sha256=wanted.text("checksum_sha256"),
    )
    _shelve(desk, asset)
    life = int(desk.studio.options.upload_life)
    place = links.sign_upload(desk.call.base, asset.id, expires=int(desk.now) + life, secret=desk.studio.options.seed)
    headers = {"content-type": kind, "content-length": str(asset.want_size)}
    if asset.want_sha256:
        headers["x-amz-meta-sha256"] = asset.want_sha256
    told = {"asset_id": asset.id, "upload_url": place, "upload_headers": headers, "expires_in_seconds": life}
    return v3({**told, "max_bytes": LARGEST_DIRECT, "status": "pending_upload"})


def complete_direct(desk: Desk, asset_id: str) -> Answer:
    """POST /v3/assets/{id}/complete: may be repeated; until the bytes are there it says so."""
    asset = _find(desk, asset_id)
    given = Fields(desk.call.json).text("checksum_sha256")
    if asset.sha256 is None:
        raise Refusal(409, "resource_not_ready", "The file has not been uploaded yet.")
    expected = {one for one in (given, asset.want_sha256) if one}
    if expected and expected != {asset.sha256}:
        raise Refusal(400, "invalid_parameter", "The checksum of the stored file does not match.")
    if asset.ready_at is None:
        asset.ready_at = desk.now + desk.studio.options.faults.asset_lag
        _note(desk, asset)
    told = {"asset_id": asset.id, "url": _url(desk, asset), "mime_type": asset.kind, "size_bytes": asset.size}
    return v3({**told, "status": asset.state(desk.now)})


def statuses(desk: Desk) -> Answer:
    """GET /v3/assets/statuses: the id is called video_id here too."""
    ids = [one for one in desk.call.query.get("asset_ids", "").split(",") if one]
    if not 1 <= len(ids) <= 100:
        raise bad("asset_ids", "must name 1 to 100 ids.")
    rows = []
    for asset_id in ids:
        asset = desk.studio.assets.get(asset_id)
        word = "not_found" if asset is None or asset.deleted else asset.state(desk.now)
        word = {"pending_upload": "queued"}.get(word, word)
        rows.append({"video_id": asset_id, "batch_id": None, "item_index": None, "status": word, "error": None})
    return v3_page(rows, None)


def get_v3(desk: Desk, asset_id: str) -> Answer:
    """GET /v3/assets/{id}."""
    asset = _find(desk, asset_id)
    told = {"id": asset.id, "name": asset.name, "type": _family(asset), "owner": "sandbox", "space_id": "0" * 32}
    return v3({**told, "uploaded_at": int(asset.created_at), "folder_id": None, "url": _url(desk, asset)})


def delete_v3(desk: Desk, asset_id: str) -> Answer:
    """DELETE /v3/assets/{id}."""
    _delete(desk, asset_id)
    return v3({"id": asset_id})


def check(desk: Desk, payload: Any) -> None:
    """Refuse a body that names an asset which was deleted, or is not there yet. Unknown ids are the user's own."""
    for asset_id in _named(payload):
        asset = desk.studio.assets.get(asset_id)
        if asset_id.startswith("missing") or (asset is not None and asset.deleted):
            raise Refusal(404, "asset_not_found", "Asset not found.", param="asset_id")
        if asset is not None and asset.state(desk.now) != "completed":
            raise Refusal(400, "asset_not_available", "Asset is not available yet.", param="asset_id")


def measured(desk: Desk, order: Order) -> Order:
    """Give the translation of an uploaded video its length; by its link, what was deleted cannot be fetched."""
    asset = desk.studio.assets.get(order.text.rpartition("/")[2])
    if asset is None:
        return order
    if asset.deleted:
        return replace(order, doomed=UNREACHABLE)
    if not asset.seconds:
        return order
    return replace(order, film=replace(order.film, seconds=max(0.5, min(_LONGEST_FILM, asset.seconds))))


def put(desk: Desk) -> Answer:
    """PUT to a signed place, as an object store answers: in XML, and with no thought for API keys."""
    call, faults = desk.call, desk.studio.options.faults
    asset_id = call.path.removeprefix("/uploads/")
    asset = desk.studio.assets.get(asset_id)
    secret = desk.studio.options.seed
    if not links.is_good_upload(asset_id, dict(call.query), now=desk.now, secret=secret) or asset is None:
        return links.denied()
    if "x-api-key" in call.headers or "authorization" in call.headers:
        return _xml(400, "InvalidArgument", "Only one auth mechanism allowed.")
    hits = desk.asking.draw.hits
    if hits("put_500", faults.put_500):
        return replace(_xml(503, "SlowDown", "Please reduce your request rate."), trouble="put_500")
    if hits("put_cut", faults.put_cut):
        return Answer(0, fate=Fate.LOST, trouble="put_cut")
    return _store(desk, asset, call.blob or Blob.of(call.body))


def serve(desk: Desk) -> Answer:
    """GET the bytes of an asset, where they were kept."""
    asset = desk.studio.assets.get(desk.call.path.removeprefix("/assets/"))
    if asset is None or asset.deleted or asset.content is None:
        return Answer(404, b"Not Found", {"content-type": "text/plain"})
    return Answer(200, asset.content, {"content-type": asset.kind})


def _store(desk: Desk, asset: Asset, blob: Blob) -> Answer:
    faults, hits = desk.studio.options.faults, desk.asking.draw.hits
    told = desk.call.headers.get("content-type", "")
    if told != asset.kind:
        return _xml(403, "SignatureDoesNotMatch", "The content type is not the one that was signed.")
    if blob.size != asset.want_size:
        return _xml(403, "SignatureDoesNotMatch", "The content length is not the one that was signed.")
    damaged = hits("put_corrupt", faults.put_corrupt)
    if asset.want_sha256 and (damaged or blob.sha256 != asset.want_sha256):
        refused = _xml(400, "BadDigest", "The sha256 you specified did not match the calculated checksum.")
        return replace(refused, trouble="put_corrupt" if damaged else "")
    asset.size, asset.sha256 = blob.size, "0" * 64 if damaged else blob.sha256
    asset.content, asset.seconds = blob.content, blob.seconds
    asset.puts += 1
    _note(desk, asset)
    stored = Answer(200, b"", {"etag": f'"{blob.sha256[:32]}"'})
    return replace(stored, fate=Fate.LOST, trouble="put_lost") if hits("put_lost", faults.put_lost) else stored


def _make(desk: Desk, blob: Blob, kind: str, *, name: str | None = None) -> Asset:
    asset_id = desk.asking.draw.hex_id("asset")
    asset = Asset(
        id=asset_id,
        name=name or asset_id,
        kind=kind,
        route=desk.asking.route,
        created_at=desk.now,
        size=blob.size,
        sha256=blob.sha256,
        ready_at=desk.now,
        seconds=blob.seconds,
        content=blob.content,
        puts=1,
    )
    _shelve(desk, asset)
    return asset


def _shelve(desk: Desk, asset: Asset) -> None:
    desk.studio.assets[asset.id] = asset
    _note(desk, asset)


def _note(desk: Desk, asset: Asset) -> None:
    desk.asking.records.append({"what": "asset", "asset": asset.to_record()})


def _delete(desk: Desk, asset_id: str) -> None:
    asset = _find(desk, asset_id)
    asset.deleted = True
    _note(desk, asset)


def _find(desk: Desk, asset_id: str) -> Asset:
    asset = desk.studio.assets.get(asset_id)
    if asset is None or asset.deleted:
        raise not_found("asset_not_found", "Asset")
    return asset


def _row_v1(desk: Desk, asset: Asset) -> dict[str, Any]:
    told = {"id": asset.id, "name": asset.id, "file_type": _family(asset), "folder_id": ""}
    return {**told, "created_ts": int(asset.created_at), "url": _url(desk, asset)}


def _family(asset: Asset) -> str:
    return asset.kind.partition("/")[0]


def _url(desk: Desk, asset: Asset) -> str:
    return f"{desk.call.base}/assets/{asset.id}"


def _named(payload: Any) -> list[str]:
    """Find every id of an asset in a body."""
    if isinstance(payload, list):
        return [asset_id for one in payload for asset_id in _named(one)]
    if not isinstance(payload, dict):
        return []
    own = [one for key, one in payload.items() if key.endswith("asset_id") and isinstance(one, str)]
    return own + [asset_id for one in payload.values() for asset_id in _named(one)]


def _name(head: bytes) -> str:
    _, there, rest = head.partition(b'filename="')
    return rest.partition(b'"')[0].decode("utf-8", "replace") if there else "upload"


def _xml(status: int, code: str, message: str) -> Answer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, body.encode(), {"content-type": "application/xml"})


def is_place(call: Call) -> bool:
    """Tell whether a call is about bytes and not about the API: a place for them, or an asset's own link."""
    return (call.method == "PUT" and call.path.startswith("/uploads/")) or call.path.startswith("/assets/")


def answer(desk: Desk) -> Answer:
    """Answer such a call."""
    return put(desk) if desk.call.method == "PUT" else serve(desk)
