"""Names that are safe on every system."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathvalidate import validate_filename

from batchgen.assembly.planning import FileNaming
from batchgen.files.names import MOST_BYTES, Places, collides, file_name, resolve_inside
from batchgen.model.errors import DiskError
from batchgen.model.job import Draft
from batchgen.model.row import Row

#: One by one, and for many with their folders looked at once.
RESOLVING = [pytest.param(resolve_inside, id="one"), pytest.param(Places().resolve, id="many")]


def name(output=None, title=None, language=None, job_id="abcdefghijklmnop", **more):
    return str(file_name(output=output, title=title, language=language, job_id=job_id, **more))


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("intro", "intro.mp4"),
        ("intro.mp4", "intro.mp4"),
        ("intro.MP4", "intro.mp4"),
        ("intro.v2", "intro.v2.mp4"),
        ("intro.webm", "intro.webm.mp4"),
        ("de/Über uns", "de/Über uns.mp4"),
        ("de\\intro", "de/intro.mp4"),
        ("de/", "de/video-abcdefghij.mp4"),
        ("/etc/passwd", "etc/passwd.mp4"),
        ("../../x", "x.mp4"),
        ("a/./../b", "a/b.mp4"),
        ("C:\\videos\\x", "C/videos/x.mp4"),
        ("con", "con_.mp4"),
        ("aux .mp4", "aux_.mp4"),
        ("nul/x", "nul_/x.mp4"),
        ("com¹.tar", "com¹_.tar.mp4"),
        ("  x. .", "x.mp4"),
        ("a\tb\nc", "a b c.mp4"),
        ("what? <1>|2*", "what 12.mp4"),
        ("\u202egpj.x", "gpj.x.mp4"),
        ("A\u030a", "\u00c5.mp4"),
        (".mp4", "video-abcdefghij.mp4"),
        ("...", "video-abcdefghij.mp4"),
        ("", "video-abcdefghij.mp4"),
        ("\ud800", "video-abcdefghij.mp4"),
    ],
)
def test_an_output_is_kept_as_far_as_it_is_safe(output, expected):
    assert name(output) == expected


@pytest.mark.parametrize(
    ("title", "language", "expected"),
    [
        ("Q3: results/2026", "Spanish (Spain)", "Q3-results-2026-Spanish-Spain-abcdefghij.mp4"),
        ("नमस्ते दुनिया", "hi", "नमस्ते-दुनिया-hi-abcdefghij.mp4"),
        ("日本語", None, "日本語-abcdefghij.mp4"),
        (None, "de", "translation-de-abcdefghij.mp4"),
        ("!!!", "de", "translation-de-abcdefghij.mp4"),
    ],
)
def test_without_an_output_the_name_tells_what_it_is(title, language, expected):
    assert name(None, title, language, kind="translation") == expected


def test_a_long_title_leaves_the_language_and_the_id():
    assert name(None, "界" * 500, "Spanish").endswith("界-Spanish-abcdefghij.mp4")


def test_another_suffix_may_be_asked_for():
    assert name("x", suffix=".webm") == "x.webm"
    assert name(None, "x", suffix=".webm") == "x-abcdefghij.webm"


TEXT = st.text(st.characters(), max_size=300) | st.text("aA.c/\\ o:nÅ\u030a\u0301界-~\0\u200f", max_size=400)


@given(st.none() | TEXT, st.none() | TEXT, st.none() | TEXT)
@example("c:on", None, None)
@example("a:\u0301", None, None)
def test_any_name_is_safe_on_every_system(output, title, language):
    path = file_name(output=output, title=title, language=language, job_id="abcdefghijklmnop")

    assert not path.is_absolute()
    assert path.suffix == ".mp4"
    assert str(path) == unicodedata.normalize("NFC", str(path))
    assert "\\" not in str(path)
    for part in path.parts:
        validate_filename(part, platform="universal", max_len=MOST_BYTES)
        assert part not in {".", ".."}
        assert part == part.strip(" ").rstrip(".")
        assert len(part.encode()) <= MOST_BYTES


@given(TEXT)
def test_a_safe_name_stays_as_it_is(output):
    once = name(output)

    assert name(once) == once


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A.mp4", "a.mp4", True),
        ("Straße.mp4", "STRASSE.mp4", True),
        ("\u00c5.mp4", "a\u030a.mp4", True),
        ("de/a.mp4", "fr/a.mp4", False),
        ("a.mp4", "b.mp4", False),
    ],
)
def test_names_that_some_system_takes_for_one_are_found(one, other, same):
    assert (collides(PurePosixPath(one)) == collides(PurePosixPath(other))) is same


@pytest.mark.parametrize("resolve", RESOLVING)
def test_a_place_inside_is_given(tmp_path, resolve):
    assert resolve(tmp_path, PurePosixPath("de/x.mp4")) == tmp_path.resolve() / "de" / "x.mp4"


@pytest.mark.parametrize("resolve", RESOLVING)
def test_a_place_outside_is_refused(tmp_path, resolve):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path)
    (tmp_path / "in" / "circle").symlink_to(tmp_path / "in" / "circle")
    (tmp_path / "in" / "film.mp4").symlink_to(tmp_path / "x.mp4")

    assert resolve(tmp_path / "in", PurePosixPath("x.mp4"))
    for relative in ("../x.mp4", "/etc/passwd", "link/x.mp4", ".", "..", "circle/x", "circle", "film.mp4", "a\0b"):
        with pytest.raises(DiskError):
            resolve(tmp_path / "in", PurePosixPath(relative))


@pytest.mark.parametrize("resolve", RESOLVING)
def test_a_folder_that_is_a_link_itself_is_fine(tmp_path, resolve):
    (tmp_path / "real").mkdir()
    (tmp_path / "videos").symlink_to(tmp_path / "real")

    assert resolve(tmp_path / "videos", PurePosixPath("x.mp4")) == Path(tmp_path, "real", "x.mp4").resolve()


@pytest.mark.parametrize("output", ["a" * 50_000 + "?", "a " * 50_000 + "?", "(" * 50_000 + "?", "a." * 50_000])
def test_a_name_that_never_ends_is_read_in_no_time(output):
    assert len(name(output)) <= MOST_BYTES


def test_a_folder_is_seen_from_where_one_stands_also_after_one_has_gone_elsewhere(tmp_path, monkeypatch):
    row = Row(file="x.csv", number=2, cells=(), kind="video", fields={})
    draft = Draft(row=row, kind="video", content={}, delivery={"title": "A"})
    found = []
    for home in (tmp_path / "first", tmp_path / "second"):
        home.mkdir()
        monkeypatch.chdir(home)
        found.append(Path(FileNaming()(draft, "j" * 16, Path("videos"))).parent)

    assert found == [tmp_path / "first" / "videos", tmp_path / "second" / "videos"]
