"""Where each generation tells the links of captions."""

import json

import pytest

from batchgen.heygen import DIALECTS
from batchgen.heygen.errors import ApiError
from batchgen.model.exchange import Reply


def asked(api, kind, *bodies):
    """Ask for captions and give the requests' addresses with the links that these replies were read as."""
    dialect = DIALECTS[api]
    requests = dialect.captions(kind, "id 1")
    links = {}
    for request, body in zip(requests, bodies, strict=True):
        reply = Reply(status=200, body=json.dumps(body).encode())
        links |= dialect.read_captions(kind, reply, asked=request)
    return [(request.path, dict(request.query)) for request in requests], links


def test_v3_tells_them_with_the_job():
    video = {"data": {"id": "id 1", "subtitle_url": "https://f/s.srt", "captioned_video_url": "https://f/c.mp4"}}
    translation = {"data": {"id": "id 1", "srt_caption_url": "https://f/t.srt", "vtt_caption_url": "https://f/t.vtt"}}

    assert asked("v3", "video", video) == (
        [("/v3/videos/id%201", {})],
        {"srt": "https://f/s.srt", "captioned": "https://f/c.mp4"},
    )
    assert asked("v3", "translation", translation) == (
        [("/v3/video-translations/id%201", {})],
        {"srt": "https://f/t.srt", "vtt": "https://f/t.vtt"},
    )


def test_v2_has_an_endpoint_for_those_of_translations_one_format_a_request():
    srt, vtt = ({"error": None, "data": {"caption_url": f"https://f/{one}?sig=.x"}} for one in ("1", "2"))

    addresses, links = asked("v2", "translation", srt, vtt)

    assert addresses == [
        ("/v2/video_translate/caption", {"video_translate_id": "id 1", "caption_type": one}) for one in ("srt", "vtt")
    ]
    assert links == {"srt": "https://f/1?sig=.x", "vtt": "https://f/2?sig=.x"}


@pytest.mark.parametrize(
    ("link", "role"), [("https://f/a.ass?x=.srt", "ass"), ("https://f/a.SRT", "srt"), ("https://f/a", "ass")]
)
def test_v1_tells_those_of_a_video_by_their_ending(link, role):
    body = {"code": 100, "data": {"id": "id 1", "caption_url": link, "video_url_caption": "https://f/c.mp4"}}

    _, links = asked("v2", "video", body)

    assert links == {role: link, "captioned": "https://f/c.mp4"}


@pytest.mark.parametrize(("api", "kind"), [("v3", "video"), ("v3", "translation"), ("v2", "video")])
def test_there_may_be_none(api, kind):
    envelope = {"code": 100} if api == "v2" else {}

    assert asked(api, kind, {**envelope, "data": {"id": "id 1", "caption_url": None, "subtitle_url": None}})[1] == {}


def test_a_refusal_is_an_error_and_no_link():
    dialect = DIALECTS["v2"]
    request = dialect.captions("translation", "1")[0]
    reply = Reply(status=400, body=b'{"data": null, "error": {"code": "invalid_parameter", "message": "no captions"}}')

    with pytest.raises(ApiError, match="no captions"):
        dialect.read_captions("translation", reply, asked=request)
