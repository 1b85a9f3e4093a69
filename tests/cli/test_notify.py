"""The note at the end of a run, taken by a real server; and what happens where none takes it."""

import json
import socket
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from batchgen.assembly import notify
from batchgen.assembly.notify import read_target
from batchgen.cli.audience import Audience
from batchgen.model.status import Status
from batchgen.report.notice import notice, slack
from batchgen.report.summary import Summary
from batchgen.report.table import Failure


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((self.path, json.loads(body)))
        answer = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(answer)
        if answer in {301, 302}:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook(monkeypatch):
    """Serve a webhook that answers as a test says, and 200 from then on."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.taken, server.answers = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/services/T0/SECRET"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    naps = []
    monkeypatch.setitem(Audience.__init__.__kwdefaults__, "sleep", naps.append)
    server.naps = naps
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def nothing_to_do(batchgen, sheet):
    """A sheet of which everything is cancelled, so that a run ends at once and talks to no HeyGen."""
    from batchgen.assembly.clock import CLOCK
    from batchgen.assembly.planning import open_sources, planner_for
    from batchgen.assembly.state import open_store

    sheet.parent.joinpath("state").mkdir()
    with open_store("state/batchgen.db") as store:
        sources = open_sources([str(sheet)], results=None, downloads=None)
        planner_for(realm="api.heygen.com", api=None).plan(sources, store, at=CLOCK.now())
    assert batchgen("cancel", str(sheet)).code == 0
    return str(sheet)


def test_a_run_posts_its_summary_as_json(batchgen, nothing_to_do, hook):
    ended = batchgen("run", nothing_to_do, "--notify", hook.url, "--json")

    [(path, told)] = hook.taken
    assert path == "/services/T0/SECRET"
    assert {name: told[name] for name in json.loads(ended.out)} == json.loads(ended.out)
    assert (told["jobs"], told["cancelled"], told["exit_code"], told["failures"]) == (2, 2, 0, [])
    assert told["results"].endswith("people_results.csv")


def test_slack_gets_its_own_words(batchgen, nothing_to_do, hook):
    batchgen("run", nothing_to_do, "--notify", f"slack:{hook.url}")

    [(_, told)] = hook.taken
    assert set(told) == {"text"}
    assert "0 of 2 videos are done, 2 cancelled." in told["text"]
    assert "people_results.csv" in told["text"]


def test_several_are_told_also_from_the_settings(batchgen, nothing_to_do, hook, tmp_path):
    tmp_path.joinpath("batchgen.toml").write_text(f'notify = "{hook.url}"\n')
    batchgen("run", nothing_to_do)
    tmp_path.joinpath("batchgen.toml").write_text(f'notify = ["{hook.url}", "slack:{hook.url}"]\n')
    batchgen("run", nothing_to_do)

    assert len(hook.taken) == 3


@pytest.mark.parametrize(
    ("answers", "tries", "naps", "problem"),
    [
        ([500, 503], 3, [1.0, 2.0], None),
        ([500, 500, 500], 3, [1.0, 2.0], "HTTP 500"),
        ([429], 2, [1.0], None),
        ([404], 1, [], "HTTP 404"),
        ([302], 1, [], "HTTP 302"),  # it is not followed: the note would go to who knows whom
    ],
)
def test_a_note_that_is_not_taken_is_told_and_changes_no_exit_code(
    batchgen, nothing_to_do, hook, answers, tries, naps, problem
):
    hook.answers = list(answers)

    ended = batchgen("run", nothing_to_do, "--notify", hook.url)

    assert ended.code == 0
    assert (len(hook.taken), hook.naps) == (tries, naps)
    assert ("was not taken" in ended.err) == (problem is not None)
    assert problem is None or problem in ended.err
    assert "SECRET" not in ended.err + ended.out


@contextmanager
def dripping(head):
    """Serve something that begins its answer so, and goes on with a byte every now and then for half a minute."""
    listener, over = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def answer():
        while not over.is_set():
            with suppress(OSError), listener.accept()[0] as visitor:
                visitor.recv(65536)
                visitor.sendall(head)
                deadline = time.monotonic() + 30
                while time.monotonic() < deadline and not over.wait(0.05):
                    visitor.sendall(b"x")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/SECRET"
    finally:
        over.set()
        listener.close()


@pytest.mark.parametrize(
    ("head", "taken"),
    [(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", True), (b"HTTP/1.1 200 OK\r\nX-Slow: ", False)],
)
def test_an_answer_that_never_ends_holds_no_run_up(batchgen, nothing_to_do, hook, monkeypatch, head, taken):
    monkeypatch.setattr(notify, "PATIENCE_S", 0.4)
    with dripping(head) as url:
        began = time.monotonic()
        ended = batchgen("run", nothing_to_do, "--notify", url)

    assert time.monotonic() - began < 15
    assert ended.code == 0
    assert ("was not taken" in ended.err) != taken
    assert "SECRET" not in ended.err


def test_an_address_where_nobody_is_changes_no_exit_code(batchgen, nothing_to_do, hook):
    hook.server_close()

    ended = batchgen("run", nothing_to_do, "--notify", hook.url)

    assert ended.code == 0
    assert "the note to 127.0.0.1 was not taken: it could not be reached" in ended.err
    assert "SECRET" not in ended.err


@pytest.mark.parametrize(
    ("address", "proxy", "problem"),
    [
        ("https://example.invalid/SECRET", "socks5://me:SECRET@127.0.0.1:1", "a SOCKS proxy is set on this machine"),
        ("https://example.invalid/SECRET", "garbage://me:SECRET@127.0.0.1:1", "its address, or that of the proxy"),
        ("https://xn--a.com/SECRET", "", "its address, or that of the proxy"),
    ],
)
def test_an_address_or_a_proxy_that_cannot_be_used_changes_no_exit_code(
    batchgen, nothing_to_do, hook, monkeypatch, address, proxy, problem
):
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    ended = batchgen("run", nothing_to_do, "--notify", address, "--notify", hook.url)

    assert ended.code == 0
    assert f"was not taken: {problem}" in ended.err
    assert len(hook.taken) == 1
    assert "SECRET" not in ended.err


def test_a_run_that_cannot_begin_is_told_too(batchgen, sheet, hook):
    sheet.write_text("title,avatar_id,voice_id,script\nA,Daisy,v1,\n")

    ended = batchgen("run", str(sheet), "--notify", hook.url)

    [(_, told)] = hook.taken
    assert told["exit_code"] == ended.code == 2
    assert "people.csv, row 2" in told["error"]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://example.com/SECRET", "the address at example.com must begin with https://"),
        ("SECRET", "this is the https:// address of a webhook"),
        ("ftp://example.com/SECRET", "this is the https:// address of a webhook"),
        ("https://[SECRET", "this is the https:// address of a webhook"),
        ("slack:", "this is the https:// address of a webhook"),
    ],
)
def test_a_wrong_address_is_told_before_anything_is_done(batchgen, sheet, address, said):
    ended = batchgen("run", str(sheet), "--notify", address)

    assert ended.code == 2
    assert said in ended.err
    assert "SECRET" not in ended.err


@pytest.mark.parametrize(
    ("address", "is_slack"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", True),
        ("slack:https://chat.example.com/hooks/x", True),
        ("https://example.com/hooks.slack.com", False),
    ],
)
def test_slack_is_known_by_its_host_or_by_its_name(address, is_slack):
    target = read_target(address)

    assert target.slack is is_slack
    assert "/x" not in repr(target)


def test_a_note_names_the_most_frequent_failures_and_slack_reads_none_of_it_as_markup():
    summary = Summary.of(Counter({Status.DONE: 3, Status.FAILED: 12}), run=1, rows=15, results="/a/<b>.csv")
    failures = [Failure(row=row, error="No such <voice> & no other", code="voice") for row in range(2, 14)]

    told = notice(summary, failures, exit_code=1)
    text = slack(told)["text"]

    assert told["failures"] == [
        {"error": "No such <voice> & no other", "code": "voice", "count": 12, "rows": list(range(2, 10))}
    ]
    assert "3 of 15 videos are done, 12 failed." in text
    assert "No such &lt;voice&gt; &amp; no other (row 2, 3" in text
    assert "`/a/&lt;b&gt;.csv`" in text


def test_the_state_does_not_keep_the_address(batchgen, nothing_to_do, hook, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["batchgen", "run", nothing_to_do, "--notify", hook.url, f"--notify={hook.url}"])

    batchgen("run", nothing_to_do, "--notify", hook.url)

    assert all(b"SECRET" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_it_gives_up_after_three_tries_of_ten_seconds():
    assert (notify.TRIES, notify.PATIENCE_S) == (3, 10.0)
