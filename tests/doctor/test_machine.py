"""What of the machine is looked at, and the list of places."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from batchgen.doctor import machine
from batchgen.doctor.interface import Check, Finding, Verdict, examine
from batchgen.doctor.network import checks, read_reaches
from batchgen.model.errors import ConfigError, StoreError
from batchgen.store.checkup import look_at, try_journal
from batchgen.store.sqlite import SqliteStore

LIST = Path(__file__).parents[2] / "batchgen" / "firewall.toml"
DATE = "Wed, 25 Nov 2026 12:00:00 GMT"
NOON = 1795608000.0


@pytest.mark.parametrize(
    ("now", "verdict", "said"),
    [
        (NOON + 2, Verdict.PASS, "right to a few seconds"),
        (NOON + 120, Verdict.PASS, "120 s ahead of"),
        (NOON - 120, Verdict.PASS, "120 s behind"),
        (NOON - 3600, Verdict.FAIL, "3,600 s behind"),
        (NOON + 300, Verdict.FAIL, "300 s ahead of"),
    ],
)
def test_the_clock_is_compared_with_the_servers(now, verdict, said):
    found = machine.clock(DATE, now)

    assert (found.verdict, said in found.detail) == (verdict, True)


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_server_that_tells_no_time_is_skipped(date):
    assert machine.clock(date, NOON).verdict is Verdict.SKIPPED


def test_a_folder_that_is_not_there_yet_is_judged_by_its_parent(tmp_path):
    found = machine.room("disk", tmp_path / "a" / "b")

    assert found.verdict is Verdict.PASS
    assert "GiB free" in found.detail
    assert not (tmp_path / "a").exists()


def test_a_full_disk_is_a_fail(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "LEAST", 2**80)

    assert machine.room("disk", tmp_path).verdict is Verdict.FAIL


def test_a_folder_that_takes_nothing_is_a_fail(monkeypatch, tmp_path):
    def refuse(**_facts):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(machine, "TemporaryFile", refuse)

    found = machine.room("disk", tmp_path)

    assert found.verdict is Verdict.FAIL
    assert "Permission denied" in found.detail
    assert "--state" in found.remedy


@pytest.mark.parametrize(
    ("environment", "verdict", "said"),
    [
        ({}, Verdict.PASS, "the usual ones"),
        ({"REQUESTS_CA_BUNDLE": "/x"}, Verdict.PASS, "set SSL_CERT_FILE as well"),
        ({"SSL_CERT_FILE": "/no/such.pem"}, Verdict.FAIL, "/no/such.pem"),
        ({"SSL_CERT_FILE": __file__}, Verdict.FAIL, "no certificates can be read"),
        ({"SSL_CERT_DIR": "/no/such"}, Verdict.FAIL, "no folder"),
    ],
)
def test_certificates_are_read_where_they_are_said_to_be(environment, verdict, said):
    found = machine.certificates(environment)

    assert found.verdict is verdict
    assert said in found.detail


def test_own_certificates_are_named(certificate):
    assert str(certificate[0]) in machine.certificates({"SSL_CERT_FILE": str(certificate[0])}).detail


def test_a_missing_library_is_a_fail_and_a_missing_extra_is_told_by_its_command():
    assert machine.libraries(["httpx", "no-such-library"], shown=["httpx"]).verdict is Verdict.FAIL
    assert machine.libraries(["httpx"], shown=["httpx"]).detail.startswith("httpx ")
    told = machine.optional("login", ["no-such-library"])
    assert (told.verdict, told.needed) == (Verdict.SKIPPED, False)
    assert "pip install 'batchgen[login]'" in told.remedy


def test_a_state_is_looked_at_and_left_as_it_is(tmp_path):
    state = tmp_path / "state.db"
    assert look_at(str(state)) is None
    assert not state.exists()
    SqliteStore.open(str(state)).close()
    before = state.read_bytes()

    found = look_at(str(state))

    assert (found.jobs, found.size) == (0, len(before))
    assert state.read_bytes() == before


def test_what_is_no_state_is_a_sentence(tmp_path):
    noise, other = tmp_path / "noise.db", tmp_path / "other.db"
    noise.write_bytes(os.urandom(5000))
    with closing(sqlite3.connect(other)) as db:
        db.execute("create table theirs (x)")

    with pytest.raises(StoreError, match="damaged"):
        look_at(str(noise))
    with pytest.raises(StoreError, match="another program"):
        look_at(str(other))


def test_a_write_ahead_log_works_here_and_leaves_nothing(tmp_path):
    try_journal(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_the_list_has_what_the_firewall_guide_lists():
    reaches = read_reaches(LIST.read_text(), LIST.name)

    rules = " ".join(one.rule for one in reaches)
    for rule in (
        "TCP 443 to api.heygen.com", "TCP 443 to *.livekit.cloud", "TCP 443 to *.turn.livekit.cloud",
        "UDP 3478 to *.host.livekit.cloud", "UDP 50000-60000 to all hosts", "TCP 7881 to all hosts",
    ):  # fmt: skip
        assert rule in rules
    assert all(one.source for one in reaches)
    assert {one.host for one in reaches if one.needed_for == "run"} == {"api.heygen.com", "files.heygen.ai"}


async def test_a_rehearsal_looks_at_nobody():
    found = await examine(checks(read_reaches(LIST.read_text(), "x"), {}, rehearsal=True), patience=1)

    assert {one.verdict for one in found} == {Verdict.SKIPPED}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lists nobody"), ("[reach", "TOML"), ("reach = 3", "lists nobody"),
        ('[[reach]]\nname = "a"', "entry 1"),
        ('[[reach]]\nname = "a"\nhost = "b"\nport = 1\nlook = "hard"', '"hard"'),
        ('[[reach]]\nname = "a"\nhost = "b"\nport = 99999\nlook = "tcp"', "99999"),
        ('[[reach]]\nname = "a"\nhost = "b"\nport = 1\nlook = "tcp"\nwhy = "x"', '"why"'),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_a_sentence(text, said):
    with pytest.raises(ConfigError, match=r"ours\.toml") as caught:
        read_reaches(text, "ours.toml")

    assert said in str(caught.value)


async def test_checks_go_side_by_side_and_one_that_breaks_hides_nothing():
    began = []

    def check(name, work):
        async def look():
            began.append(name)
            await asyncio.sleep(0)
            assert len(began) == 4, "they did not begin together"
            return await work()

        return Check(group="x", name=name, look=look)

    async def well():
        return [Finding(group="x", name="well", verdict=Verdict.PASS)]

    async def broken():
        raise KeyError("a bug")

    async def stuck():
        await asyncio.sleep(60)

    async def told():
        raise StoreError("a sentence")

    names = {"well": well, "broken": broken, "stuck": stuck, "told": told}
    found = await examine([check(*one) for one in names.items()], patience=0.2)

    assert [one.name for one in found] == list(names)
    assert [one.detail for one in found] == ["", "KeyError: 'a bug'", "no answer within 0.2 s", "a sentence"]
