"""The visit of a browser, over a real socket."""

from __future__ import annotations

import threading

import httpx
import pytest

from batchgen.model.errors import CredentialsError, UsageError
from batchgen.signin.loopback import Loopback


@pytest.fixture
def waiting():
    with Loopback() as visitor:
        visitor.expect("the-state")
        yield visitor


def visit(waiting, query="", path="/callback"):
    return httpx.get(waiting.redirect.replace("/callback", path) + query)


def test_the_browser_brings_the_code_and_is_told_to_close(waiting):
    came = visit(waiting, "?code=c%2B1&state=the-state")

    assert came.status_code == 200
    assert "Close this page" in came.text
    assert "no-referrer" in came.headers["referrer-policy"]
    assert waiting.code(patience=1) == "c+1"


@pytest.mark.parametrize(
    "query", ["?code=forged&state=other", "?code=forged", "?code=forged&state=", "", "?state=the-state"]
)
def test_a_visit_without_the_right_state_ends_nothing(waiting, query):
    assert visit(waiting, query).status_code == 400
    assert visit(waiting, "?code=x", path="/other").status_code == 404
    visit(waiting, "?code=right&state=the-state")

    assert waiting.code(patience=1) == "right"


def test_the_first_code_counts(waiting):
    visit(waiting, "?code=first&state=the-state")
    visit(waiting, "?code=second&state=the-state")

    assert waiting.code(patience=1) == "first"


def test_a_no_is_a_sentence_with_the_reason(waiting):
    visit(waiting, "?error=access_denied&error_description=The+user%0Asaid+no&state=the-state")

    with pytest.raises(CredentialsError, match="The user said no"):
        waiting.code(patience=1)


def test_nobody_coming_is_a_sentence(waiting):
    with pytest.raises(CredentialsError, match="Nobody came back"):
        waiting.code(patience=0.1)


def test_a_port_that_is_taken_is_a_sentence(waiting):
    taken = int(waiting.redirect.split(":")[2].split("/")[0])

    with pytest.raises(UsageError, match="--redirect-port"):
        Loopback(taken)


def test_a_page_never_repeats_what_a_visit_brought(waiting):
    came = visit(waiting, "?error=%3Cscript%3E&error_description=%3Cscript%3E&state=the-state")

    assert "<script>" not in came.text


def test_it_waits_while_others_keep_their_connections_open(waiting):
    with httpx.Client() as slow:
        threading.Thread(target=slow.get, args=(waiting.redirect,), daemon=True).start()
        visit(waiting, "?code=c&state=the-state")

    assert waiting.code(patience=1) == "c"
