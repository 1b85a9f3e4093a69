"""What is expected of a video before it is made: how long it will be, what it will cost, and what nobody knows."""

from __future__ import annotations

from unittest.mock import ANY

import pytest

from batchgen.assembly.prices import read_prices
from batchgen.model.errors import ConfigError
from batchgen.model.exchange import Balance
from batchgen.pipeline.money.cost import Range
from batchgen.pipeline.money.length import Known, length
from batchgen.pipeline.money.quote import Quote, is_broke, shortfall
from batchgen.pipeline.money.speech import Span

PRICES = read_prices()
V2 = PRICES.pick("v2", None)
SPEECH = V2.speech


STANDING_4K = {"width": 2160, "height": 3840}


def spoken(script: str, **voice):
    return {"scenes": [{"character": {"type": "avatar"}, "voice": {"type": "text", "script": script, **voice}}]}


@pytest.mark.parametrize(
    ("text", "language", "paces"),
    [
        ("one two three four five six " * 25, None, (75, 205)),
        ("one two three four five six " * 25, "English", (114, 205)),
        ("uno dos tres cuatro cinco seis " * 25, "Spanish (Spain)", (109, 196)),
        ("один два три четыре пять шесть " * 25, None, (92, 166)),
    ],
)
def test_a_script_takes_as_long_as_its_words_in_its_language(text, language, paces):
    found = SPEECH.span(text, language)
    slow, fast = paces
    letters = (len("".join(text.split())) + 150) / 6

    assert found.low == pytest.approx(60 * min(150, letters) / fast)
    assert found.high == pytest.approx(60 * max(150, letters) / slow)


@pytest.mark.parametrize(
    ("text", "count", "paces"),
    [
        ("你好世界" * 50, 200, (128, 290)),
        ("これは日本語の文です" * 20, 200, (178, 400)),
        ("안녕하세요" * 40, 200, (180, 380)),
        ("สวัสดี" * 10, 60, (400, 900)),
    ],
)
def test_writing_without_spaces_is_counted_by_letters(text, count, paces):
    slow, fast = paces

    assert SPEECH.span(text) == Span(pytest.approx(60 * count / fast), pytest.approx(60 * count / slow))


def test_mixed_writing_adds_up():
    mixed, apart = SPEECH.span("你好世界 hello world"), SPEECH.span("你好世界") + SPEECH.span("hello world")

    assert mixed == Span(pytest.approx(apart.low), pytest.approx(apart.high))


def test_pauses_count_and_their_tags_are_not_spoken():
    plain, paused = (
        SPEECH.span("One two three."),
        SPEECH.span('One <break time="1.5s"/> two <break time="500ms"/> three.'),
    )

    assert paused.low == pytest.approx(plain.low + 2.0)
    assert paused.high == pytest.approx(plain.high + 2.0)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("3,456,789", "three million four hundred fifty-six thousand seven hundred and eighty-nine"),
        ("1999", "nineteen ninety-nine"),
        ("555-010-9999", "five five five oh one oh nine nine nine nine"),
        ("11/26/2026", "November the twenty-sixth twenty twenty-six"),
    ],
)
def test_a_number_is_at_the_most_as_long_as_it_is_spoken(number, words):
    figures, spelt = (SPEECH.span(f"{text} " * 30, "English") for text in (number, words.replace("-", " ")))

    assert figures.low <= spelt.low
    assert figures.high >= 60 * 30 * len(words.replace("-", " ").split()) / 150


@pytest.mark.parametrize("pause", ['time="30s"', "time='30 s'", 'time="30000ms"', 'time=".5s"/><break time="29.5s"'])
def test_a_pause_is_read_however_its_time_is_written(pause):
    assert SPEECH.span(f"<break {pause}/>") == Span.exactly(30.0)


def test_a_voice_at_another_speed_takes_another_time():
    usual = length("video", spoken("one two three"), SPEECH, Known())
    quick = length("video", spoken("one two three", speed=1.5), SPEECH, Known())

    assert (quick.low, quick.high) == (pytest.approx(usual.low / 1.5), pytest.approx(usual.high / 1.5))


@pytest.mark.parametrize(
    ("content", "known", "seconds"),
    [
        ({}, Known(), None),
        ({}, Known(length_s=95.0), 95.0),
        ({"end_time": 40.0, "start_time": 10.0}, Known(), 30.0),
        ({"end_time": 400.0, "start_time": 10.0}, Known(length_s=95.0), 85.0),
        ({"start_time": 90.0}, Known(length_s=95.0), 5.0),
        ({"start_time": 90.0}, Known(), None),
    ],
)
def test_a_translation_is_as_long_as_what_is_translated(content, known, seconds):
    found = length("translation", content, SPEECH, known)

    assert found == (None if seconds is None else Span.exactly(seconds))


def test_a_template_is_unknown_until_its_scripts_are_known():
    content = {"variables": {"name": {"properties": {"content": "Ada Lovelace"}}}}

    assert length("template", content, SPEECH, Known()) is None
    assert length("template", content, SPEECH, Known(scripts=("Hello {{ name }}, welcome.", "Goodbye."))) == Span(
        pytest.approx(SPEECH.span("Hello Ada Lovelace, welcome. Goodbye.").low),
        pytest.approx(SPEECH.span("Hello Ada Lovelace, welcome. Goodbye.").high),
    )


def test_one_recording_of_unknown_length_makes_the_whole_video_unknown():
    scenes = [*spoken("one two")["scenes"], {"voice": {"type": "audio", "media": {"url": "https://x.example/a.mp3"}}}]

    assert length("video", {"scenes": scenes}, SPEECH, Known()) is None
    assert length("video", {"scenes": scenes}, SPEECH, Known(length_s=30.0)) == Span.exactly(30.0)
    assert V2.most("video", {"scenes": scenes}, Known()) >= 2.0 * 300 / 60


@pytest.mark.parametrize(
    ("api", "unit", "kind", "content", "known", "price"),
    [
        ("v2", "credits", "translation", {}, Known(length_s=60.0), Range(3.0, 3.0)),
        ("v2", "credits", "translation", {"mode": "precision"}, Known(length_s=61.0), Range(9.0, 9.0)),
        ("v3", "credits", "translation", {}, Known(length_s=60.0), Range(3.0, 3.0)),
        ("v3", "usd", "translation", {"translate_audio_only": True}, Known(length_s=60.0), Range(1.002, 1.002)),
        ("v3", "usd", "translation", {}, Known(length_s=100.0), Range(3.33, 3.996)),
        ("v3", "usd", "translation", {}, Known(), None),
        ("v2", "credits", "video", {**spoken("hello"), "test": True}, Known(), Range(0.0, 0.0)),
        ("v3", "usd", "template", {"variables": {}}, Known(length_s=30.0), Range(1.5, 3.0)),
        (
            "v3",
            "usd",
            "template",
            {"variables": {}, "dimension": STANDING_4K},
            Known(length_s=30.0),
            Range(2.001, 3.501),
        ),
    ],
)
def test_a_price_is_rate_times_length_in_steps(api, unit, kind, content, known, price):
    found = PRICES.pick(api, unit).expected(kind, content, known)

    assert found == (None if price is None else Range(pytest.approx(price.low), pytest.approx(price.high)))


@pytest.mark.parametrize("unit", ["credits", "usd"])
def test_a_frame_of_4k_costs_the_same_by_its_name_and_by_its_pixels(unit):
    prices, content = PRICES.pick("v3", unit), spoken("word " * 100)
    named = {**content, "resolution": "4k"}
    counted = {**content, "dimension": {"width": 3840, "height": 2160}}

    assert prices.expected("video", counted, Known()) == prices.expected("video", named, Known())
    assert prices.most("video", counted, Known()) == prices.most("video", named, Known())
    assert prices.most("video", counted, Known()) > prices.most("video", content, Known())


def test_a_budget_sets_aside_at_least_what_is_expected_at_the_most():
    for one in PRICES.lists:
        for kind, content in (
            ("video", spoken("word " * 300)),
            ("translation", {"end_time": 77.0}),
            ("template", {"variables": {"a": {"properties": {"content": "word " * 50}}}}),
        ):
            expected = one.expected(kind, content, Known())
            assert one.most(kind, content, Known()) >= (expected.high if expected else one.least(kind, content))


def quoted(unit: str, high: float, least: float = 0.5, unknown: int = 0) -> Quote:
    return Quote(prices=PRICES.pick("v3", unit), known=1, total=Range(1.0, high), unknown=unknown, least=least)


@pytest.mark.parametrize(
    ("remaining", "unit", "lacks", "broke"),
    [
        (100.0, "credits", None, False),
        (8.0, "credits", 2.0, False),
        (0.4, "credits", 9.6, True),
        (0.0, "credits", 10.0, True),
        (None, "credits", None, False),
        (5.0, "usd", None, False),
        (0.0, "usd", None, True),
    ],
)
def test_a_balance_is_held_against_an_estimate_of_its_own_unit(remaining, unit, lacks, broke):
    balance = Balance(remaining=remaining, unit=unit)

    assert shortfall(quoted("credits", 10.0), balance) == (None if lacks is None else pytest.approx(lacks))
    assert is_broke(quoted("credits", 10.0), balance) is broke


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda text: tmp_path.joinpath("batchgen.toml").write_text(text)


def test_a_price_in_the_settings_takes_the_place_of_ours(settings):
    settings("[prices]\nplan = 'enterprise'\n[prices.v3.enterprise]\navatar = [0.01, 0.02]\nstep_s = 1\n")
    mine = read_prices()

    assert mine.pick("v3", None).rates["avatar"] == Range(0.01, 0.02)
    assert mine.pick("v3", None).rates["translation"] == PRICES.pick("v3", "credits").rates["translation"]
    assert mine.digest != PRICES.digest


def test_prices_may_stand_in_a_file_of_their_own(settings, tmp_path):
    settings("prices = 'mine.toml'\n")
    tmp_path.joinpath("mine.toml").write_text("[v2.api]\ntranslation = 2\n")

    assert read_prices().pick("v2", None).rates["translation"] == Range(2 / 60, 2 / 60)


def test_a_date_of_prices_is_written_with_quotes_or_without(settings):
    settings("[prices]\ndate = 2026-12-01\n")

    assert read_prices().date == "2026-12-01"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prices = 3", "the name of a file"),
        ("prices = 'gone.toml'", "no such file"),
        ("[prices]\nplan = 'enterprize'", 'Did you mean "enterprise"?'),
        ("[prices.v3]\nenterprise = 1", "is a table"),
        ("[prices.v3.enterprise]\navatr = 1", 'Did you mean "avatar"?'),
        ("[prices.v3.enterprise]\navatar = 'much'", "v3.enterprise.avatar: 'much' is no price"),
        ("[prices.v3.enterprise]\navatar = [2, 1]", "is no price"),
        ("[prices.v3.enterprise]\navatar = -1", "is no price"),
        ("[prices.v3.enterprise]\navatar = true", "is no price"),
        ("[prices.v3.enterprise]\nunit = 'pounds'", "credits or usd"),
        ("[prices.v3.mine]\nunit = 'usd'", "is missing"),
        ("[prices.v9.mine]\nunit = 'usd'", '"v9" means nothing'),
        ("[prices.budget]\nunknown = 1", "means nothing"),
    ],
)
def test_a_wrong_setting_of_prices_is_named(settings, text, said):
    settings(text)

    with pytest.raises(ConfigError) as caught:
        read_prices()

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("api", "unit", "kind", "content", "price"),
    [
        ("v3", "usd", "cinematic", {"prompt": "x", "duration": 4}, Range(7.0, 7.0)),
        ("v3", "usd", "cinematic", {"prompt": "x", "auto_duration": True}, Range(7.0, 7.0)),
        ("v3", "credits", "cinematic", {"prompt": "x"}, None),
        ("v3", "usd", "agent", {"prompt": "x"}, None),
        ("v3", "usd", "lipsync", {"video": {"url": "u"}}, None),
    ],
)
def test_a_price_that_no_page_tells_is_unknown_and_one_of_a_whole_video_needs_no_length(
    api, unit, kind, content, price
):
    prices = PRICES.pick(api, unit)

    assert prices.expected(kind, content, Known()) == price
    assert prices.real(kind, content, Known(), 8.0) == (None if not prices.tells(kind, content) else ANY)
