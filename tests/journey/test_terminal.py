"""On a terminal: a question before money is spent, and a display while it goes."""

import os
import pty
import select
import shlex
import subprocess
import sys
import time

from tests.journey.conftest import KEY, QUICK
from tests.warm import Batchgen

AWAY = {"HEYGEN_API_BASE": "https://no-such-host.invalid", "HEYGEN_API_KEY": KEY}
#: What hides a terminal's cursor, and shows it.
HIDE, SHOW = b"\x1b[?25l", b"\x1b[?25h"
#: The command, at an account far away that answers when it is asked for its balance, and says nothing of it.
SILENT = (
    "import sys; from batchgen.assembly import carrying; from batchgen.cli import main;"
    "carrying.ask_balance = lambda *_, **__: None; main.main(sys.argv[1:])"
)


def on_a_terminal(desk, *words, answer=None, command=(), **env):
    """Run a command with a terminal for all its ends; give its exit code and all that the terminal showed."""
    ours, theirs = pty.openpty()
    how = {"cwd": desk.folder, "stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
    env = {**desk.env, "TERM": "xterm", "COLUMNS": "100", **env}
    if command:
        process = subprocess.Popen([sys.executable, *command, *words], env=env, **how)
    else:
        process = Batchgen(*words, env=env, **how)
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 30)[0]:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # The other end is closed.
            break
        if answer and b"[y/N]" in shown:
            os.write(ours, answer.encode() + b"\n")
            answer = None
    os.close(ours)
    desk.spoken.append(shown.decode())
    return process.wait(30), shown.decode()


class Shell:
    """A shell with a terminal of its own, which puts commands in front and behind."""

    def __init__(self, desk):
        self._ours, theirs = pty.openpty()
        # Who leads a session has the first terminal that it opens.
        into = f"exec sh -i <>{os.ttyname(theirs)} >&0 2>&0"
        env = {**desk.env, "TERM": "xterm", "COLUMNS": "100", "PS1": "READY> ", "ENV": ""}
        self._process = subprocess.Popen(["sh", "-c", into], cwd=desk.folder, env=env, start_new_session=True)
        desk.running.append(self._process)
        self(b"", until=b"READY> ")
        os.close(theirs)

    def __call__(self, typed, *, until):
        """Type something; give what is shown until it shows what is waited for."""
        os.write(self._ours, typed)
        shown = b""
        while until not in shown and select.select([self._ours], [], [], 30)[0]:
            shown += os.read(self._ours, 65536)
        assert until in shown, shown
        return shown

    def shown_in(self, seconds):
        """Give what is shown within some seconds."""
        shown, end = b"", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._ours], [], [], left)[0]:
                shown += os.read(self._ours, 65536)
        return shown


def test_behind_a_prompt_nothing_is_shown_and_in_front_again_it_is(desk, heygen):
    heygen(options={"render": (300, 600)})
    desk.videos(4)
    type_in = Shell(desk)
    command = shlex.join([sys.executable, "-m", "batchgen", "run", "people.jsonl", *QUICK])

    type_in(command.encode() + b"\n", until=b"rendering")
    away = type_in(b"\x1a", until=b"READY> ")
    behind = type_in(b"bg\n", until=b"READY> ") + type_in.shown_in(2)
    type_in(b"fg\n", until=HIDE)
    ended = type_in(b"\x03", until=b"still rendering")

    assert away.count(SHOW) == ended.count(SHOW) == 1
    assert b"so far" not in behind
    assert HIDE not in behind


def test_before_spending_it_asks_and_a_no_sends_nothing(desk):
    desk.videos(3)
    code, shown = on_a_terminal(desk, "run", "people.jsonl", answer="n", command=("-c", SILENT), **AWAY)

    assert code == 130
    assert "3 videos to send to no-such-host.invalid" in shown
    assert "Nothing was sent." in shown
    assert desk.states() == {0: 3}


def test_an_account_that_cannot_be_reached_is_told_before_anybody_is_asked(desk):
    desk.videos(3)

    code, shown = on_a_terminal(desk, "run", "people.jsonl", **AWAY)

    assert code == 3
    assert "[y/N]" not in shown
    assert "nothing was sent" in shown.lower()


def test_where_nobody_can_answer_nothing_is_asked(desk, heygen):
    heygen()
    desk.videos(1)

    assert "Go on?" not in desk.run("people.jsonl").said


def test_a_terminal_shows_how_it_goes_and_ends_with_the_table(desk, heygen):
    heygen(options={"render": (0.5, 1.5)})
    desk.videos(4)

    code, shown = on_a_terminal(desk, "run", "people.jsonl", *QUICK)

    assert code == 0
    assert "4 videos to make at sandbox" in shown
    assert "rendering" in shown
    assert " of 4" in shown
    assert "4 of 4 videos are done." in shown


def test_after_a_look_at_the_sample_a_yes_makes_the_rest(desk, heygen):
    serving = heygen()
    desk.videos(5)

    code, shown = on_a_terminal(desk, "run", "people.jsonl", "--sample", "2", *QUICK, answer="y")

    assert code == 0
    assert "Go on with the other 3?" in shown
    assert serving.world.ledger()["accepted"] == 5
