from __future__ import annotations

import pytest

from batchgen.kinds import media
from batchgen.kinds.columns import Wrong
from batchgen.model.media import NamedFile


@pytest.mark.parametrize(
    "path",
    [
        "./clip.mp4",
        "../films/a clip.mp4",
        "/films/clip.mp4",
        "~/clip.mp4",
        r"C:\films\clip.mp4",
        "c:/films/clip.mp4",
        r".\clip.mp4",
        r"\\server\films\clip.mp4",
    ],
)
def test_a_path_behind_asset_is_a_file_of_this_machine(path):
    assert media.video(f"asset:{path}") == {"sha256": NamedFile(path, "video")}
    assert media.video({"url": f"ASSET: {path}"}) == {"sha256": NamedFile(path, "video")}


@pytest.mark.parametrize("given", ["be0897b9768e4c09", "asset_01J", "a.b-c_d", "clip"])
def test_everything_else_behind_asset_is_an_id(given):
    assert media.image(f"asset:{given}") == {"asset_id": given}


@pytest.mark.parametrize(
    ("parse", "written", "remedy"),
    [
        (media.video, "asset:clip.mp4", "For a file of this machine write asset:./clip.mp4."),
        (media.video, "asset:films/clip", "For a file of this machine write asset:./films/clip."),
        (media.video, "asset:two words", "An id has no spaces in it."),
        (media.video, "./clip.mp4", "To have this file uploaded, write asset:./clip.mp4; else write the https link of one."),
        (media.audio, "a.mp3", "To have this file uploaded, write asset:./a.mp3; else write the https link of one."),
        (media.audio, "voices/a.mp3", "To have this file uploaded, write asset:./voices/a.mp3; else write the https link of one."),
        (media.video, "file:///films/my%20clip.mp4", "To have this file uploaded, write asset:/films/my clip.mp4; else write the https link of one."),
        (media.video, "file:///C:/films/a.mp4", "To have this file uploaded, write asset:C:/films/a.mp4; else write the https link of one."),
        (media.video, "example.com/a.mp4", "Did you mean https://example.com/a.mp4?"),
        (media.file("video"), "file:///films/my%20clip.mp4", "Write its path: /films/my clip.mp4."),
        (media.file("video"), "asset:be0897b9768e4c09", 'Write it under "url".'),
        (media.file("video"), "https://example.com/a.mp4", 'Write it under "url".'),
    ],
)  # fmt: skip
def test_what_may_be_meant_as_a_path_is_told_how_to_write_it(parse, written, remedy):
    with pytest.raises(Wrong) as wrong:
        parse(written)

    assert wrong.value.remedy == remedy


def test_the_file_of_a_translation_is_its_video(drafts):
    first, second = drafts("translation", {"file": "clips/tour.mp4", "output_languages": "German;French"})

    assert first.content["video"] == second.content["video"] == {"sha256": NamedFile("clips/tour.mp4", "video")}
    assert first.files == {NamedFile("clips/tour.mp4", "video"): "file"}


def test_a_translation_has_one_video(faults):
    given = {"file": "a.mp4", "url": "https://example.com/a.mp4", "output_language": "German"}

    assert faults("translation", given) == [
        '"file": It stands beside "url", and one video is translated. Leave one of them empty.'
    ]


def test_every_field_that_takes_a_file_takes_one_of_this_machine(drafts):
    (draft,) = drafts(
        "video", {"image_url": "asset:./a.png", "audio_url": "asset:./a.mp3", "background_image": "asset:./b.png"}
    )

    assert draft.files == {
        NamedFile("./a.png", "image"): "image_url",
        NamedFile("./a.mp3", "audio"): "audio_url",
        NamedFile("./b.png", "image"): "background_image",
    }


@pytest.mark.parametrize(
    "written",
    [
        {"type": "image", "url": "asset:./logo.png", "fit": "cover"},
        {"type": "image", "properties": {"file": "./logo.png", "fit": "cover"}},
    ],
)
def test_a_template_variable_names_a_file_where_it_stands(drafts, written):
    (draft,) = drafts("template", {"template_id": "T", "variables": {"logo": written}})

    named = NamedFile("./logo.png", "image")
    assert draft.content["variables"]["logo"]["properties"] == {"sha256": named, "fit": "cover"}
    assert list(draft.files) == [named]
    assert draft.files[named].startswith("variables.logo.")


def test_recordings_and_subtitles_of_a_translation_may_be_files_too(drafts):
    given = {"file": "a.mp4", "output_language": "German", "audio": "asset:./a.mp3", "srt": "asset:./a.srt"}

    (draft,) = drafts("translation", given)

    assert {(one.path, one.sort): place for one, place in draft.files.items()} == {
        ("a.mp4", "video"): "file",
        ("./a.mp3", "audio"): "audio",
        ("./a.srt", "subtitles"): "srt",
    }
