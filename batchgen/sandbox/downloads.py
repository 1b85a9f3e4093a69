"""Files behind signed links: whole, by range, and cut part way."""

from dataclasses import replace

from batchgen.sandbox import captions, links
from batchgen.sandbox.draw import Draw
from batchgen.sandbox.job import Job
from batchgen.sandbox.studio import Studio
from batchgen.sandbox.wire import Answer, Call, Fate

_PIXEL = bytes.fromhex("47494638396101000100800000f6f6fc00000021f90400000000002c00000000010001000002024401003b")
_CAPTIONS = {"srt": "application/x-subrip", "vtt": "text/vtt", "ass": "text/x-ssa"}


def fetch(studio: Studio, call: Call, draw: Draw) -> Answer:
    """Answer a request for a file. The body of a film is left to be made: see `deliver`."""
    name = call.path.removeprefix("/files/")
    query = dict(call.query)
    if not links.is_good(name, query, now=studio.now(), secret=studio.options.seed):
        return links.denied()
    job_id, _, ending = name.partition(".")
    job = studio.find(job_id)
    if job is None:
        return Answer(404, b"Not Found", {"content-type": "text/plain"})
    faults = studio.options.faults
    if draw.hits("download_500", faults.download_500):
        return Answer(500, b"Internal Server Error", {"content-type": "text/plain"}, trouble="download_500")
    answer = _file(job, ending)
    if answer.film and draw.hits("cut", faults.cut):
        return replace(answer, fate=Fate.CUT, cut_share=draw.between("share", 0.1, 0.9), trouble="cut")
    return answer


def _file(job: Job, ending: str) -> Answer:
    if ending == job.order.film.container:
        kind = f"video/{ending}"
        return Answer(200, b"", {"content-type": kind, "etag": f'"{job.order.film.digest}"'}, film=job.order.film)
    if ending in _CAPTIONS:
        if not job.order.captions:
            return Answer(404, b"Not Found", {"content-type": "text/plain"})
        return Answer(200, captions.write(job.order.film, ending).encode(), {"content-type": _CAPTIONS[ending]})
    return Answer(200, _PIXEL, {"content-type": "image/gif"})


def deliver(answer: Answer, call: Call, content: bytes) -> Answer:
    """Put a film into its answer: all of it, or the range that was asked for."""
    headers = {**answer.headers, "accept-ranges": "bytes"}
    asked = call.headers.get("range", "")
    unchanged = call.headers.get("if-range", headers["etag"]) == headers["etag"]
    if not asked.startswith("bytes=") or "," in asked or not unchanged:
        return replace(answer, body=content, headers=headers, film=None)
    span = _span(asked.removeprefix("bytes="), len(content))
    if span is None:
        headers["content-range"] = f"bytes */{len(content)}"
        return replace(answer, status=416, headers=headers, film=None, fate=Fate.DELIVER)
    start, end = span
    headers["content-range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return replace(answer, status=206, body=content[start:end], headers=headers, film=None)


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """Read `a-b`, `a-` or `-n` as first byte and byte after the last; None where nothing is there."""
    first, _, last = asked.partition("-")
    if not (first or last) or not (first + last).isdigit():
        return None
    if not first:
        return (max(0, size - int(last)), size) if int(last) else None
    start, end = int(first), min(size, int(last) + 1) if last else size
    return (start, end) if start < end else None
