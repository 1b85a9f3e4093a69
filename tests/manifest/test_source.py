from __future__ import annotations

import os

import httpx
import pytest

from batchgen.kinds import VOCABULARY
from batchgen.manifest import fetch, open_manifest
from batchgen.model.errors import ManifestError, UnreachableError

SHEET = b"url,output_language\nu,French\n"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("peple.csv", 'peple.csv: There is no such file. Did you mean "people.csv"?'),
        ("x.csv", "x.csv: There is no such file. Check its name and folder."),
        ("no/x.csv", "no/x.csv: There is no such file. There is no folder no either."),
        ("x" * 300, f"{'x' * 300}: The file cannot be read: File name too long. Check its name and folder."),
        ("a\0b.csv", "a\0b.csv: The file cannot be read: embedded null byte. Check its name and folder."),
        (".", ".: This is a folder. Name the file inside it."),
        (
            "notes.pdf",
            (
                'notes.pdf: ".pdf" is no format of a manifest. Its name must end in .csv, .tsv, .tab, .txt, .xlsx, .xlsm, '
                ".xlsb, .xls, .ods, .jsonl, .ndjson, .yaml, .yml."
            ),
        ),
    ],
)
def test_a_file_that_is_not_there_is_told(folder, name, problem):
    (folder / "people.csv").write_bytes(SHEET)
    (folder / "notes.pdf").write_bytes(b"%PDF")

    with pytest.raises(ManifestError) as error:
        open_manifest(name, vocabulary=VOCABULARY)

    assert str(error.value) == problem


def test_a_link_that_leads_nowhere_is_told_as_one_and_not_offered_again(folder):
    (folder / "people.csv").symlink_to("gone/people.csv")

    with pytest.raises(ManifestError) as error:
        open_manifest("people.csv", vocabulary=VOCABULARY)

    assert str(error.value).startswith("people.csv: It is a link to gone/people.csv, which is not there.")


def test_a_pipe_is_told_and_not_waited_for(folder):
    os.mkfifo(folder / "people.csv")

    with pytest.raises(ManifestError, match=r"This is a pipe or a device, and can be read only once\."):
        open_manifest("people.csv", vocabulary=VOCABULARY)


@pytest.mark.parametrize(
    ("written", "there"),
    [("Übersicht.csv", "U\u0308bersicht.csv"), ("U\u0308bersicht.csv", "Übersicht.csv"), (r"data\s.csv", "data/s.csv")],
)
def test_a_sheet_is_found_as_another_system_spells_its_name(folder, written, there):
    (folder / there).parent.mkdir(exist_ok=True)
    (folder / there).write_bytes(SHEET)
    (folder / "m.yaml").write_text(f"kind: translation\nrows: {written}\n")

    manifest = open_manifest("m.yaml", vocabulary=VOCABULARY)

    assert [row.fields["url"] for row in manifest.rows()] == ["u"]
    assert {file.resolve() for file in manifest.files} == {(folder / name).resolve() for name in ("m.yaml", there)}


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_workbook_that_is_called_a_text_is_told(folder, head):
    (folder / "s.csv").write_bytes(head + bytes(100))

    with pytest.raises(ManifestError, match=r"It is a workbook, though its name ends in \.csv\. Name it as it was"):
        open_manifest("s.csv", vocabulary=VOCABULARY)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(folder):
    (folder / "s.csv").write_bytes(SHEET)
    (folder / "s.csv").chmod(0)

    with pytest.raises(ManifestError, match=r"s\.csv: The file may not be read\."):
        open_manifest("s.csv", vocabulary=VOCABULARY)


def test_a_published_sheet_is_read_by_its_link(folder):
    asked = []

    manifest = open_manifest(
        "https://example.com/sheets/people.csv",
        vocabulary=VOCABULARY,
        fetch=lambda url: asked.append(url) or SHEET,
    )

    assert [row.cells for row in manifest.rows()] == [("u", "French")]
    assert str(manifest.path) == "people.csv"
    assert asked == ["https://example.com/sheets/people.csv"]


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        (
            "https://docs.google.com/spreadsheets/d/1aB-c/edit#gid=42",
            "https://docs.google.com/spreadsheets/d/1aB-c/export?format=csv&gid=42",
        ),
        (
            "https://docs.google.com/spreadsheets/d/1aB-c/edit?usp=sharing",
            "https://docs.google.com/spreadsheets/d/1aB-c/export?format=csv",
        ),
        (
            "https://docs.google.com/spreadsheets/d/e/2PACX/pub?output=csv",
            "https://docs.google.com/spreadsheets/d/e/2PACX/pub?output=csv",
        ),
        ("https://example.com/a.csv", "https://example.com/a.csv"),
    ],
)
def test_the_address_of_a_google_sheet_becomes_its_csv(link, asked):
    assert fetch.sheet_link(link) == asked


@pytest.mark.parametrize(
    ("link", "content", "problem"),
    [
        (
            "http://example.com/a.csv",
            SHEET,
            "http://example.com/a.csv: Only https links are fetched. Begin it with https://.",
        ),
        (
            "https://example.com/a.csv",
            b"\n<!DOCTYPE html><html>",
            (
                "https://example.com/a.csv: The link gives a web page and not a sheet. Publish the sheet as CSV "
                "(in Google Sheets: File, Share, Publish to web) and use that link."
            ),
        ),
        ("https://example.com/a.csv", b"", "https://example.com/a.csv: It is empty. Its first row names the columns."),
    ],
)
def test_a_link_that_gives_no_sheet_is_told(link, content, problem):
    with pytest.raises(ManifestError) as error:
        open_manifest(link, vocabulary=VOCABULARY, fetch=lambda _: content)

    assert str(error.value) == problem


@pytest.fixture
def server(monkeypatch):
    """Answers what the default network asks, without a network."""
    replies = {}
    real = httpx.Client

    def client(**options):
        return real(transport=httpx.MockTransport(lambda request: replies[str(request.url)]), **options)

    monkeypatch.setattr(httpx, "Client", client)
    return replies


def test_the_default_network_follows_safe_redirects(server):
    server["https://a.com/s"] = httpx.Response(302, headers={"location": "https://b.com/s"})
    server["https://b.com/s"] = httpx.Response(200, content=SHEET)

    assert fetch.download("https://a.com/s") == SHEET


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (httpx.Response(404), "https://a.com/s could not be fetched: the server answered 404."),
        (
            httpx.Response(403),
            "https://a.com/s is not public. Publish the sheet, or share it with anyone who has the link.",
        ),
        (
            httpx.Response(302, headers={"location": "http://b.com/s"}),
            "http://b.com/s is not fetched: only https links are.",
        ),
        (httpx.Response(200, content=SHEET), "https://a.com/s is larger than 0 MB. Save it and name the file instead."),
    ],
)
def test_the_default_network_says_why_it_gives_nothing(server, monkeypatch, reply, problem):
    server["https://a.com/s"] = reply
    monkeypatch.setattr(fetch, "SIZE_LIMIT", 4)

    with pytest.raises(UnreachableError) as error:
        fetch.download("https://a.com/s")

    assert str(error.value) == problem


def test_no_connection_is_told(monkeypatch):
    def fail(request):
        raise httpx.ConnectError("nobody there")

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **options: real(transport=httpx.MockTransport(fail), **options))

    with pytest.raises(UnreachableError, match=r"https://a\.com/s could not be fetched: nobody there\."):
        fetch.download("https://a.com/s")


def test_a_proxy_whose_address_cannot_be_read_is_told_without_its_password(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hunter#2@127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(UnreachableError, match="the proxy's address cannot be read") as caught:
        fetch.download("https://x.invalid/s.csv")

    assert "hunter" not in str(caught.value)
