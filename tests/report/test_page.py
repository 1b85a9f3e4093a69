"""The page of results: safe with any text, and it works in a browser, from disk and without a network."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from batchgen.model.job import changed
from batchgen.model.status import Status
from batchgen.report import formats, html
from batchgen.report.interface import Heading, line
from batchgen.sandbox.film_spec import FilmSpec
from batchgen.sandbox.films import Films
from tests.report.browser import CHROMIUM, browse

HEADING = Heading(
    name="autumn_campaign.csv", columns=("title", "company"), kinds=("video", "translation"), at=1795429061.0
)
#: Texts that try to become something else.
NASTY = (
    "<script>document.title = 'stolen'</script>",
    "<img src=x onerror=\"document.title = 'stolen'\">",
    '"><b onmouseover=alert(1)>',
    "</script><script>document.title = 'stolen'</script>",
    "{{ 7 * 7 }} ${7*7} &amp; 'quoted'",
    "</title><h1>",
)


class Reader(HTMLParser):
    """Collects what a page says, as a browser would read it."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in {"href", "src"}]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data):
        self.texts.append(data)


def page_of(tmp_path, lines, heading=HEADING):
    path = tmp_path / "page.html"
    formats.write(path, "html", heading, lines)
    return path


def read(path):
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


@pytest.mark.parametrize("text", NASTY)
def test_a_text_is_shown_as_it_was_written_and_never_run(tmp_path, job, text):
    content = {"scenes": [{"voice": {"type": "text", "script": text}}]}
    broken = changed(
        job, status=Status.FAILED, error=text, error_code=text, language=text, content=content, delivery={"title": text}
    )
    plain = read(page_of(tmp_path, [], HEADING))

    page = read(
        page_of(
            tmp_path, [line((text, text), broken, saved=None, folder=tmp_path)], replace(HEADING, columns=(text, "b"))
        )
    )

    assert page.texts.count(text) >= 5
    assert page.handlers == []
    assert page.tags.count("script") == plain.tags.count("script") == 1
    assert "img" not in page.tags


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", " https://x", None])
def test_only_links_to_the_web_are_links(tmp_path, job, url):
    page = read(page_of(tmp_path, [line(("a", "b"), changed(job, video_url=url), saved=None, folder=tmp_path)]))

    assert set(page.links) <= {"data:,", "#videos"}


def test_nothing_is_loaded_from_anywhere_else(tmp_path, job):
    path = page_of(tmp_path, [line(("a", "b"), job, saved=str(tmp_path / "a b#1.mp4"), folder=tmp_path)])

    text = path.read_text()
    assert set(read(path).links) == {"data:,", "#videos", "a%20b%231.mp4", job.video_url}
    assert "@import" not in text
    assert "url(" not in text
    assert "default-src 'none'; media-src 'self' file:" in unescape(text)


def test_what_is_said_is_the_script_or_what_a_template_was_filled_with():
    scenes = {"scenes": [{"voice": {"script": "One."}}, {"background": {}}, {"voice": {"script": "Two."}}]}
    filled = {"variables": {"name": {"type": "text", "properties": {"content": "Ada"}}, "logo": {"type": "image"}}}

    assert html.said(scenes) == "One.\nTwo."
    assert html.said(filled) == "name: Ada"
    assert html.said({"prompt": "Bees."}) == "Bees."
    assert html.said({"video": {"url": "https://x"}}) == ""


def test_states_are_counted_and_told_in_words(tmp_path, job):
    statuses = [Status.DONE, Status.DONE, Status.RENDERED, Status.SENDING, Status.FAILED]
    lines = [
        line((str(n), ""), changed(job, status=one), saved=None, folder=tmp_path) for n, one in enumerate(statuses)
    ]

    text = " ".join(read(page_of(tmp_path, lines)).texts)

    assert "5 videos, 2 done, 1 failed, 1 rendering, 1 unsure" in text
    assert "Autumn campaign" in text


def test_a_page_of_too_many_says_how_many_it_leaves_out(tmp_path, job, monkeypatch):
    monkeypatch.setattr(html, "MOST", 2)

    page = read(page_of(tmp_path, [line(("a", "b"), job, saved=None, folder=tmp_path)] * 3))

    assert page.tags.count("article") == 2
    assert "The first 2 of 3 are shown." in page.texts


@pytest.fixture(scope="module")
def film():
    return Films().film(FilmSpec(headline="Hello", lines=("Good morning.",), width=320, height=180, seconds=2.0))


@pytest.fixture
def large(tmp_path, job, film):
    """A page of 500 results: 470 films, one of which is not there, and 30 failures."""
    (tmp_path / "videos").mkdir()
    for name in ("a film.mp4", "b#2.mp4"):
        (tmp_path / "videos" / name).write_bytes(film)

    def one(n):
        if n % 17 == 5:
            broken = changed(job, status=Status.FAILED, error="The video is too long.", error_code="too_long")
            return line((f"Film {n}", "ACME"), broken, saved=None, folder=tmp_path, row=n)
        name = "gone.mp4" if n == 2 else ("a film.mp4", "b#2.mp4")[n % 2]
        done = changed(job, kind="video", language=None, delivery={"title": f"Hello {n} {NASTY[n % len(NASTY)]}"})
        return line((f"Film {n}", "Hopper"), done, saved=str(tmp_path / "videos" / name), folder=tmp_path, row=n)

    return page_of(tmp_path, map(one, range(500)))


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine to open the page with")
async def test_it_opens_from_disk_with_500_results_and_plays_and_filters(tmp_path, large):
    async with browse(tmp_path) as page:
        await page.open(large.as_uri())

        # Films near the top show their first picture; the hundreds below are not opened.
        await page.until("document.querySelectorAll('video').length > 3")
        assert await page.do("document.querySelectorAll('video').length") < 60
        await page.until("[...document.querySelectorAll('video')].some((one) => one.readyState >= 2)")
        await page.until("document.querySelector('.card:nth-child(3) .screen').textContent.includes('keep the page')")

        await page.do("document.querySelector('.play').click()")
        await page.until("document.querySelector('.playing video').currentTime > 0.5")

        await page.do("document.querySelector('.enlarge').click()")
        await page.until("document.querySelector('dialog video').currentTime > 0.2")
        assert await page.do("document.querySelector('.playing video').paused")
        await page.do("document.querySelector('#close').click()")

        seen = "[...document.querySelectorAll('.card')].filter((card) => card.checkVisibility())"
        await page.do("document.querySelector('input[value=failed]').click()")
        assert (
            await page.do(f"{seen}.length") == await page.do("document.querySelectorAll('.card.failed').length") == 30
        )
        assert await page.do(f"{seen}.every((card) => card.textContent.includes('too long'))")
        assert await page.do("document.querySelector('#count').textContent") == "30 of 500"
        assert await page.do("location.hash") == "#status=failed"

        search = "const field = document.querySelector('[name=text]'); field.value = {}; field.dispatchEvent(new Event('input', {{bubbles: true}}))"
        await page.do("{ " + search.format("'fïlm 226 acme'") + " }")
        assert await page.do(f"{seen}.map((card) => card.getAttribute('aria-label'))") == ["Row 226: Film 226"]
        await page.do("{ " + search.format("'nothing like it'") + " }")
        assert await page.do("!document.querySelector('#nothing').hidden")
        await page.do("document.querySelector('#again').click()")
        assert await page.do(f"{seen}.length") == 500

        assert await page.do("document.title") == "Autumn campaign – 500 videos, 470 done, 30 failed"
        faults = [one["params"] for one in page.told if one["method"] in {"Runtime.exceptionThrown", "Log.entryAdded"}]
        assert [one for one in faults if "gone.mp4" not in str(one)] == []
        asked = [one["params"]["request"]["url"] for one in page.told if one["method"] == "Network.requestWillBeSent"]
        assert {url.partition(":")[0] for url in asked} <= {"file", "data"}


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine to open the page with")
@pytest.mark.parametrize("dark", [False, True])
async def test_it_fits_a_phone_and_follows_the_systems_colours(tmp_path, large, dark):
    async with browse(tmp_path) as page:
        await page.open(large.as_uri() + "#status=failed", width=390, height=800, dark=dark)

        assert await page.do("document.documentElement.scrollWidth") <= 390
        assert await page.do("document.querySelector('#count').textContent") == "30 of 500"
        red = int(await page.do("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]"))
        assert (red < 60) is dark
