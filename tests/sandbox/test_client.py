"""A client that others wrote works against the sandbox, unmodified but for its base address."""

import pytest

from batchgen.sandbox import Options, serve

WHY = "heygen-mcp-sbroenne is not installed (with mcp<2 it is)"
client_of_others = pytest.importorskip("heygen_mcp.client", reason=WHY)
models_of_others = pytest.importorskip("heygen_mcp.models", reason=WHY)


@pytest.fixture
def sandbox():
    with serve(options=Options(render=(0.0, 0.0))) as running:
        yield running


@pytest.fixture
async def client(sandbox, monkeypatch):
    monkeypatch.setattr(client_of_others.HeyGenApiClient, "BASE_URL", f"{sandbox.url}/v2")
    async with client_of_others.HeyGenApiClient("any-key") as client:
        yield client


async def test_it_reads_credits_voices_avatars_and_templates(client):
    credits_left = await client.get_remaining_credits()
    voices = await client.get_voices()
    avatars = await client.list_avatars()
    templates = await client.list_templates()

    assert credits_left.remaining_credits == 1_000
    assert voices.voices
    assert avatars.avatars
    assert templates.templates
    for told in (credits_left, voices, avatars, templates):
        assert told.error is None


async def test_it_reads_groups_folders_and_the_user(client):
    groups = await client.list_avatar_groups(include_public=True)
    looks = await client.get_avatars_in_group(groups.avatar_groups[0].id)
    details = await client.get_avatar_details("Daisy-inskirt-20220818")
    folders = await client.list_folders()
    user = await client.get_user_info()

    assert looks.avatars
    assert details.avatar
    assert folders.folders
    assert user.username == "sandbox"


async def test_it_generates_a_video_and_follows_it_to_its_end(client, sandbox):
    scene = {"character": {"avatar_id": "Daisy"}, "voice": {"input_text": "Hello.", "voice_id": "v"}}
    made = await client.generate_avatar_video(
        models_of_others.VideoGenerateRequest(title="Hello", video_inputs=[scene])
    )
    told = await client.get_video_status(made.video_id)
    listed = await client.list_videos()

    assert made.error is None
    assert (told.status, bool(told.video_url)) == ("completed", True)
    assert [video.video_id for video in listed.videos] == [made.video_id]
    assert sandbox.world.ledger()["jobs"][0]["title"] == "Hello"


async def test_it_generates_from_a_template(client):
    values = {"first_name": {"name": "first_name", "type": "text", "properties": {"content": "Anna"}}}

    made = await client.generate_video_from_template("welcome", variables=values, title="For Anna")

    assert made.error is None
    assert made.video_id
