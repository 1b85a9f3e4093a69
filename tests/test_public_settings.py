"""What is set in a folder, for a program that works there."""

from __future__ import annotations

import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import batchgen
from batchgen.api import _work
from batchgen.assembly.errand import Errand
from batchgen.pipeline.breaker import Tolerance
from batchgen.sandbox import Options, serve

HEAD = "title,avatar_id,voice_id,script"


@pytest.fixture
def heygen(tmp_path, monkeypatch):
    """A HeyGen to ask, and a sheet in the working folder."""
    for name in ("BATCHGEN_STATE", "HEYGEN_API_KEY", "BATCHGEN_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    with serve(options=Options(render=(0.1, 0.3), films="tiny")) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        yield serving
    os.chdir(tmp_path)
    Path(".env").unlink(missing_ok=True)
    batchgen.settings.load_dotenv()


def folder(name: str, dotenv: str) -> None:
    """Make a folder and work in it."""
    Path(name).mkdir()
    os.chdir(name)
    Path("people.csv").write_text(f"{HEAD}\nHello,Daisy,v1,Good morning {name}.\n")
    Path(".env").write_text(dotenv)


def run():
    return batchgen.run("people.csv", poll_interval=0.2, download=False)


@pytest.mark.parametrize("ask", [run, lambda: batchgen.retry("people.csv")])
def test_the_first_call_already_goes_by_the_state_that_is_set_in_the_folder(heygen, ask):
    folder("acme", "HEYGEN_API_KEY=any\nBATCHGEN_STATE=kept/acme.db\n")

    assert ask().state == str(Path("kept/acme.db").absolute())
    assert not Path("state").exists()


def test_results_are_looked_for_in_the_state_that_is_set_in_the_folder(heygen):
    folder("acme", "HEYGEN_API_KEY=any\n")
    batchgen.run("people.csv", poll_interval=0.2, download=False, state="kept/acme.db")
    Path(".env").write_text("BATCHGEN_STATE=kept/acme.db\n")

    assert batchgen.results("people.csv")["status"].tolist() == ["done"]


def test_a_program_that_goes_to_another_folder_pays_with_the_key_of_that_one(heygen, tmp_path, monkeypatch):
    keys, answer = [], heygen.world.handle
    monkeypatch.setattr(
        heygen.world, "handle", lambda call, *more: keys.append(call.headers.get("x-api-key")) or answer(call, *more)
    )

    for name in ("acme", "hopper"):
        os.chdir(tmp_path)
        folder(name, f"HEYGEN_API_KEY=key-of-{name}\n")
        assert run().ok
        assert set(keys) == {f"key-of-{name}"}
        keys.clear()


@pytest.mark.parametrize(
    ("file", "setting"),
    [
        ("batchgen.toml", 'state = "kept/acme.db"\nmax-credits = 3\n'),
        (".env", "HEYGEN_API_KEY=any\nBATCHGEN_STATE=kept/acme.db\nBATCHGEN_MAX_CREDITS=3\n"),
    ],
)
def test_the_state_and_the_budget_of_a_folder_count_as_they_do_for_the_command(heygen, file, setting):
    folder("acme", "HEYGEN_API_KEY=any\n")
    rows = [f"Hello,Daisy,v1,Good morning {n}." for n in range(3)]
    Path("people.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    Path(file).write_text(setting)

    bounded = run()
    free = batchgen.run("people.csv", poll_interval=0.2, download=False, max_credits=100)

    state = str(Path("kept/acme.db").absolute())
    assert (bounded.state, bounded.exit_code) == (state, 5)
    assert (free.state, free.exit_code) == (state, 0)


def test_what_is_set_as_a_rehearsal_buys_nothing(heygen):
    folder("acme", "HEYGEN_API_KEY=any\n")
    Path("batchgen.toml").write_text("sandbox = true\n")

    assert run().ok
    assert batchgen.plan("people.csv").done == 1
    assert heygen.world.ledger()["accepted"] == 0


@pytest.mark.parametrize(
    ("file", "setting", "told"),
    [
        ("batchgen.toml", "max-credits = true\n", "batchgen.toml, max-credits: this wants a number from 0 up."),
        (".env", "BATCHGEN_MAX_CREDITS=3,50\n", "BATCHGEN_MAX_CREDITS, in .env: this wants a number from 0 up."),
        ("batchgen.toml", 'sandbox = "perhaps"\n', "batchgen.toml, sandbox: this wants true or false."),
    ],
)
def test_a_setting_that_cannot_be_read_is_told_before_anything_is_sent(heygen, monkeypatch, file, setting, told):
    folder("acme", "")
    monkeypatch.setenv("HEYGEN_API_KEY", "any")
    Path(file).write_text(setting)

    with pytest.raises(batchgen.ConfigError) as wrong:
        run()

    assert str(wrong.value) == told
    assert heygen.world.ledger()["accepted"] == 0


def test_what_the_program_set_itself_counts_before_any_file(heygen):
    folder("acme", "HEYGEN_API_KEY=any\nBATCHGEN_STATE=kept/acme.db\n")
    run()
    os.environ["BATCHGEN_STATE"] = "its/own.db"

    try:
        assert run().state == str(Path("its/own.db").absolute())
    finally:
        del os.environ["BATCHGEN_STATE"]


def test_the_results_of_a_run_are_its_own_wherever_the_program_has_gone_since(heygen, tmp_path):
    folder("acme", "HEYGEN_API_KEY=any\n")
    first = run()
    os.chdir(tmp_path)
    folder("hopper", "HEYGEN_API_KEY=any\n")
    run()

    assert batchgen.results(first)["script"].tolist() == ["Good morning acme."]


@pytest.mark.parametrize(
    ("variable", "told"),
    [("BATCHGEN_MAX_CREDIT", "BATCHGEN_MAX_CREDITS"), ("BATCHGEN_LIMIT", "belongs to one command")],
)
def test_a_setting_that_is_mistyped_stops_a_program_as_it_stops_the_command(heygen, variable, told, monkeypatch):
    monkeypatch.setenv("HEYGEN_API_KEY", "any")
    Path("people.csv").write_text(f"{HEAD}\nHello,Daisy,v1,Good morning.\n")
    monkeypatch.setenv(variable, "1")

    with pytest.raises(batchgen.ConfigError, match=told):
        run()
    monkeypatch.delenv(variable)
    Path("batchgen.toml").write_text("max-credit = 1\n")
    with pytest.raises(batchgen.ConfigError, match="max-credits"):
        run()

    assert heygen.world.ledger()["jobs"] == []


@pytest.mark.parametrize("budget", [Decimal("3.5"), Fraction(7, 2)])
def test_a_budget_may_be_any_number_that_money_is_kept_in(heygen, budget, monkeypatch):
    monkeypatch.setenv("HEYGEN_API_KEY", "any")
    Path("people.csv").write_text(f"{HEAD}\nOne,Daisy,v1,Good morning.\nTwo,Daisy,v1,Good evening.\n")

    ended = batchgen.run("people.csv", max_credits=budget, poll_interval=0.2, download=False)

    assert (ended.exit_code, len(heygen.world.ledger()["jobs"])) == (5, 1)
    with pytest.raises(batchgen.UsageError, match="a number from 0 up"):
        batchgen.run("people.csv", max_credits=Decimal("NaN"))


@pytest.mark.parametrize("hands", [{"tell": 5}, {"stop": 5}])
def test_what_cannot_be_told_or_never_says_stop_is_refused_before_anything_is_sent(heygen, hands, monkeypatch):
    monkeypatch.setenv("HEYGEN_API_KEY", "any")
    Path("people.csv").write_text(f"{HEAD}\nHello,Daisy,v1,Good morning.\n")

    with pytest.raises(batchgen.UsageError, match=r"(tell|stop)=5: this wants"):
        batchgen.run("people.csv", **hands)

    assert heygen.world.ledger()["jobs"] == []
    assert not Path("state").exists()


def test_no_number_of_failures_is_not_the_word_none_which_lets_all_of_them_pass():
    asked = Errand(manifests=("people.csv",), state="state.db", **_work(None, None, {}))

    assert asked.run_options().tolerance == Tolerance(in_a_row=50)
