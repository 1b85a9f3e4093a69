"""Looking for a lost job: a list proves that it is not there only if all of it was read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.utils import formatdate
from types import SimpleNamespace

import pytest

from batchgen.heygen import DIALECTS
from batchgen.model.errors import TransportError
from batchgen.model.exchange import Page, Progress, Reply
from batchgen.model.job import Job, Submission
from batchgen.model.status import Status
from batchgen.pipeline.options import Options
from batchgen.pipeline.reconciling.search import Search

MINE = "bg2345abcdef"
NOW = 1_000_000_000.0


def row(number, title="Somebody else's", at=1000.0):
    return Progress(stage=None, remote_id=f"v{number}", title=title, created_at=at)


FOUND = row("mine", f"Spring · {MINE}")


@dataclass
class Account:
    """Answers with pages, in the order of their cursors."""

    pages: dict[str | None, Page]
    filters: bool = False
    date: str | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    async def read(self, request, understand):
        if self.date:
            understand(Reply(status=200, headers={"date": self.date}, body=b'{"data": {"videos": []}}'))
        query = dict(request.query)
        self.asked.append(query)
        if self.filters and "title" in query:
            rows = [one for page in self.pages.values() for one in page.rows if query["title"] in one.title]
            return Page(rows=tuple(rows))
        return self.pages[query.get("token")]


def long_list(pages, *rows):
    listed = {str(n) if n else None: Page(rows=(row(n),), next_token=str(n + 1)) for n in range(pages)}
    return listed | {str(pages): Page(rows=rows)}


def look(account, *, api="v3", kind="video", since=1000.0):
    return asyncio.run(Search(around(account, api)).find([lost(api, kind, since)], {MINE: None})).rows


def around(account, api, *, ours=(), accepted=(), sent=None, given=()):
    store = SimpleNamespace(
        owners=lambda ids: {one: 1 for one in ids if one in ours},
        jobs=lambda pks: [known("v2", at=900.0) for _ in pks],
        in_state=lambda _run, status, _limit: [job for job in accepted if job.status is status],
        submission=lambda _: sent or lost(api, since=900.0),
        given_ids=lambda _: set(given),
    )
    clock = SimpleNamespace(now=lambda: NOW)
    return SimpleNamespace(
        number=1, dialects=DIALECTS, options=Options(api=api), caller=account, store=store, clock=clock
    )


def lost(api, kind="video", since=1000.0):
    return Submission(
        pk=7, api=api, kind=kind, key="k", body_digest="", created_at=since, jobs=("j",), tokens=(MINE,), batched=False
    )


def known(name, *, at, kind="video", status=Status.RENDERING):
    """Make a job that was accepted at some time."""
    job = Job(pk=1, id="j1", kind=kind, content={}, delivery={}, language=None, file=None, status=status)
    return job._replace(remote_id=name, api="v2", submission=7, submitted_at=at)


def a_search(rows, **known_of):
    account = Account({None: Page(rows=rows)})
    return account, Search(around(account, "v2", **known_of)), lost("v2")


@pytest.mark.parametrize(("api", "kind"), [("v2", "video"), ("v3", "translation")])
def test_a_long_list_is_read_to_its_end(api, kind):
    account = Account(long_list(500, FOUND))

    found = look(account, api=api, kind=kind)

    assert found == {MINE: FOUND}
    assert len(account.asked) == 501


def test_what_is_much_older_than_the_job_is_not_read():
    account = Account(long_list(500, FOUND))

    assert look(account, api="v2", since=1000.0 + 2 * 3600.0) == {}
    assert len(account.asked) == 1


def test_a_list_that_begins_with_the_oldest_is_read_to_its_end():
    old = tuple(row(n, at=1000.0 + n) for n in range(100))
    new = Progress(stage=None, remote_id="vmine", title=f"Spring · {MINE}", created_at=90_000.0)
    account = Account({None: Page(rows=old, next_token="a"), "a": Page(rows=(new,))})

    assert look(account, api="v2", since=90_000.0) == {MINE: new}


@pytest.mark.parametrize(("ahead_s", "pages"), [(0.0, 1), (3 * 3600.0, 501), (-3 * 3600.0, 1)])
def test_by_a_clock_that_is_hours_ahead_nothing_is_taken_for_older_than_the_job(ahead_s, pages):
    account = Account(long_list(500, FOUND), date=formatdate(NOW - ahead_s))

    found = look(account, api="v2", since=1000.0 + 2 * 3600.0)

    assert len(account.asked) == pages
    assert bool(found) == (pages == 501)


def test_a_list_that_leads_back_to_itself_proves_nothing():
    account = Account({None: Page(rows=(row(1),), next_token="a"), "a": Page(rows=(row(2),), next_token="a")})

    with pytest.raises(TransportError, match="leads back"):
        look(account, api="v2")


def test_one_job_is_asked_for_by_its_title():
    account = Account(long_list(500, FOUND), filters=True)

    assert look(account) == {MINE: FOUND}
    assert [query["title"] for query in account.asked] == [MINE]


def test_a_server_that_does_not_filter_by_title_has_its_list_read():
    account = Account(long_list(5, FOUND), filters=False)

    assert look(account) == {MINE: FOUND}
    assert "title" not in account.asked[-1]


def test_a_filter_by_title_that_was_not_read_to_its_end_proves_nothing():
    filtered = {None: Page(rows=(), next_token="a"), "a": Page(rows=(FOUND,))}

    assert look(Account(filtered)) == {MINE: FOUND}


def test_a_list_of_empty_pages_without_end_proves_nothing_and_is_let_go():
    account = Account({str(n) if n else None: Page(rows=(), next_token=str(n + 1)) for n in range(5000)})

    with pytest.raises(TransportError, match="pages that hold nothing"):
        look(account, api="v2")

    assert len(account.asked) < 200


def test_pages_that_hold_nothing_are_passed_over():
    listed = {str(n) if n else None: Page(rows=(), next_token=str(n + 1)) for n in range(50)}

    assert look(Account(listed | {"50": Page(rows=(FOUND,))}), api="v2") == {MINE: FOUND}


@pytest.mark.parametrize("titled", [None, "", "Spring", "My template"])
def test_a_list_that_keeps_the_tokens_of_ours_from_us_proves_nothing(titled):
    rows = (row(1), row(2, titled), row(3, titled))

    assert doubted(rows, ours=["v2"])


def test_other_peoples_titles_tell_nothing_of_ours():
    assert not doubted((row(1), row(2, f"Summer · {MINE[::-1]}")), ours=[])


def test_titles_of_long_ago_tell_nothing_of_a_list():
    assert not doubted((row(1), row(2, "Spring", at=-9000.0)), ours=["v2"])


def test_a_list_is_believed_again_once_it_tells_tokens():
    account, search, one = a_search((row(2, None),), ours=["v2"])
    asyncio.run(search.find([one], {MINE: None}))
    would_have_shown = search.would_show(one)

    account.pages = {None: Page(rows=(row(2, "Summer · bgaaaaaaaaaa"),))}

    assert not asyncio.run(search.find([one], {MINE: None})).doubts
    assert (would_have_shown, search.would_show(one)) == (False, True)


@pytest.mark.parametrize(
    ("job", "proves"),
    [
        (known("v1", at=900.0), True),
        (known("v9", at=900.0), False),
        (known("v9", at=900.0, status=Status.DONE), False),
        (known("v9", at=NOW - 60.0), True),  # It may come in a moment.
        (known("v9", at=900.0, kind="translation"), True),  # It may be in another list.
    ],
)
def test_a_list_that_lacks_what_was_accepted_long_before_proves_nothing(job, proves):
    assert doubted((row(1, "Summer · bgaaaaaaaaaa"),), accepted=[job]) == (not proves)


@pytest.mark.parametrize(("at", "proves"), [(-9000.0, False), (NOW - 60.0, True)])
def test_a_list_that_is_empty_where_something_was_accepted_proves_nothing(at, proves):
    assert doubted((), accepted=[known("v9", at=at)]) == (not proves)


@pytest.mark.parametrize("listed_at", [-9000.0, 900.0])
@pytest.mark.parametrize("sent_at", [-9000.0, 900.0])
def test_what_was_sent_long_ago_need_not_be_where_the_list_is_not_read_so_far(sent_at, listed_at):
    """Such as one that got lost then, and was found today: it is accepted since, and no newer for that."""
    sent = lost("v2", since=sent_at)

    assert doubted((row(1, at=listed_at),), accepted=[known("v9", at=900.0)], sent=sent) == (sent_at > 0)


@pytest.mark.parametrize("shown", ["v2", "v9"])
def test_what_was_adopted_tells_nothing_of_a_list(shown):
    """Another tool made it, nobody knows when, and without a token."""
    rows = (row(1), row(2, "Spring"))

    assert not doubted(rows, ours=["v2"], accepted=[known(shown, at=900.0)], given=["v2", shown])


def test_what_was_adopted_is_not_in_a_list_that_is_empty():
    assert doubted((), accepted=[known("v9", at=900.0)], given=["v9"])


def doubted(rows, **known_of):
    _, search, one = a_search(rows, **known_of)
    return one.pk in asyncio.run(search.find([one], {MINE: None})).doubts
