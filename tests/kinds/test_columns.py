from __future__ import annotations

import pytest

from batchgen.kinds import columns, media
from batchgen.kinds.free import LINK, WORD


@pytest.mark.parametrize(
    ("parse", "written", "meant"),
    [
        (columns.text, "  kept as it is ", "  kept as it is "),
        (columns.word, "  007 ", "007"),
        (columns.word, 7, "7"),
        (columns.word, "\u200b\ufeffvoice_1\u200b\xa0", "voice_1"),
        (columns.text, "\u200fkept as it is\u200b", "\u200fkept as it is\u200b"),
        (columns.link, "\u202ahttps://example.com/a.mp4\u2060", "https://example.com/a.mp4"),
        (WORD.take, "\u2066007\u2069 \ufeff", "007"),
        (LINK.take, "https://example.com/a.mp4\u200b", "https://example.com/a.mp4"),
        (columns.word, True, "true"),
        (columns.number(0.5, 1.5), " 1.1 ", 1.1),
        (columns.number(0.5, 1.5), 1, 1.0),
        (columns.number(-50, 50), "-1e1", -10.0),
        (columns.whole(1, 100), "2", 2),
        (columns.whole(1, 100), "2.0", 2),
        (columns.seconds, "90", 90.0),
        (columns.seconds, "1:30", 90.0),
        (columns.seconds, "1:00:01.5", 3601.5),
        (columns.running_time, "1 min 35 s", 95.0),
        (columns.running_time, "24:00:00", 86_400.0),
        (columns.running_time, "1h30", 5400.0),
        (columns.running_time, "2 h 5", 7500.0),
        (columns.running_time, "1h 30 min", 5400.0),
        (columns.running_time, f"{'9' * 400}:00:00", None),
        (columns.running_time, f"{'9' * 400} min", None),
        (columns.running_time, "1e99", None),
        (columns.yes_no, "TRUE", True),
        (columns.yes_no, "no", False),
        (columns.yes_no, True, True),
        (columns.yes_no, " 1 ", True),
        (columns.choice("closeUp", "normal"), "CLOSEUP", "closeUp"),
        (columns.choice("speed", also={"fast": "speed"}), "Fast", "speed"),
        (columns.link, " https://example.com/a%20b.mp4?x=1 ", "https://example.com/a%20b.mp4?x=1"),
        (columns.link, "http://127.0.0.1:8000/v.mp4", "http://127.0.0.1:8000/v.mp4"),
        (columns.link, "http://localhost:8000/v.mp4", "http://localhost:8000/v.mp4"),
        (media.video, "https://example.com/v.mp4", {"url": "https://example.com/v.mp4"}),
        (media.video, "asset: abc", {"asset_id": "abc"}),
        (media.video, {"type": "asset_id", "asset_id": "abc"}, {"asset_id": "abc"}),
        (media.typed("audio"), "asset:abc", {"type": "asset_id", "asset_id": "abc"}),
        (media.asset("image"), "asset:abc", {"asset_id": "abc"}),
        (columns.colour, "#0F0", "#00ff00"),
        (columns.colour, "FAFAFA", "#fafafa"),
        (columns.size, "1280x720", {"width": 1280, "height": 720}),
        (columns.size, {"width": 1280, "height": "720"}, {"width": 1280, "height": 720}),
        (columns.several, "a; b|c;", ["a", "b", "c"]),
        (columns.several, ["a", " b ", ""], ["a", "b"]),
    ],
)
def test_a_cell_gives_its_meaning(parse, written, meant):
    assert parse(written) == meant


@pytest.mark.parametrize(
    ("parse", "written", "problem", "remedy"),
    [
        (columns.number(0.5, 1.5), "2", "2 is more than 1.5.", "Write a number from 0.5 to 1.5."),
        (columns.number(0.5, 1.5), "1,1", '"1,1" is not a number.', "Write 1.1."),
        (columns.number(0.5, 1.5), "fast", '"fast" is not a number.', "Write a number from 0.5 to 1.5."),
        (columns.number(0.5, 1.5), "nan", '"nan" is not a number.', "Write a number from 0.5 to 1.5."),
        (columns.seconds, "25:00:00", "90000 is more than 86400.", "Write a number from 0 to 86400."),
        (columns.whole(1, 100), "1.5", '"1.5" is not a whole number.', "Write a whole number from 1 to 100."),
        (columns.whole(1, 100), "two", '"two" is not a number.', "Write a whole number from 1 to 100."),
        (columns.whole(4, 15), "0:10", '"0:10" is not a number.', "Write a whole number from 4 to 15."),
        (columns.yes_no, "maybe", '"maybe" is neither yes nor no.', "Write true or false."),
        (
            columns.choice("normal", "closeUp"),
            "closup",
            '"closup" is not a word that is known here.',
            'Did you mean "closeUp"? Choose from: normal, closeUp.',
        ),
        (
            columns.link,
            "http://example.com/v.mp4",
            '"http://example.com/v.mp4" is not a link that HeyGen can fetch.',
            "It must begin with https://.",
        ),
        (
            columns.link,
            "https://example.com/my video.mp4",
            '"https://example.com/my video.mp4" is not a link that HeyGen can fetch.',
            "A link holds no spaces: write %20 for each, and one link in a cell.",
        ),
        (
            columns.link,
            "My holiday film",
            '"My holiday film" is not a link that HeyGen can fetch.',
            "Write the https link itself; a spreadsheet may show a text in its place.",
        ),
        *(
            (
                columns.link,
                f"https://example.com/a.mp4{between}https://example.com/b.mp4",
                f'"https://example.com/a.mp4{between}https://example.com/b.mp4" is not a link that HeyGen can fetch.',
                "Write one link in a cell: each video is a row of its own.",
            )
            for between in (";", ",", "; ", "|")
        ),
        (
            columns.link,
            "example.com/v.mp4",
            '"example.com/v.mp4" is not a link that HeyGen can fetch.',
            "Did you mean https://example.com/v.mp4?",
        ),
        (
            columns.link,
            "C:\\videos\\v.mp4",
            '"C:\\videos\\v.mp4" is not a link that HeyGen can fetch.',
            "Put the file where anyone can fetch it, and write its https link.",
        ),
        (
            columns.link,
            "http://127.0.0.1.evil.com/",
            '"http://127.0.0.1.evil.com/" is not a link that HeyGen can fetch.',
            "It must begin with https://.",
        ),
        (
            media.video,
            {"url": "https://e.com/a", "asset_id": "b"},
            "A file is either a link or an asset.",
            'Write exactly one of "url" and "asset_id".',
        ),
        (columns.colour, "green", '"green" is not a colour.', 'Write it as "#rrggbb", such as "#008000" for green.'),
        (
            columns.size,
            "1281x720",
            "1281 is odd.",
            "Both sides must be even, from 128 to 4096: 1282 would do.",
        ),
        (
            columns.size,
            "5000x720",
            "5000 is out of bounds.",
            "Both sides must be even, from 128 to 4096: 4096 would do.",
        ),
        (columns.size, "big", '"big" is not a dimension.', "Write width and height in pixels, such as 1280x720."),
        (columns.word, ["a"], "Here stands a list or a group of values.", "Write one text."),
        (columns.group, "a", '"a" is one value where a group of values belongs.', "Write it as keys and values."),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_remedy(parse, written, problem, remedy):
    with pytest.raises(columns.Wrong) as wrong:
        parse(written)

    assert (wrong.value.problem, wrong.value.remedy) == (problem, remedy)


@pytest.mark.parametrize("given", ["https://e.com/get?from=https://f.com/a.mp4", "https://e.com/https://f.com/a.mp4"])
def test_a_link_that_holds_another_is_one_link(given):
    assert columns.link(given) == given
