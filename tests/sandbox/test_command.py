"""`python -m batchgen.sandbox` announces itself, ends cleanly, and leaves no orphan."""

import json
import signal
import subprocess
import sys

import httpx
import pytest


@pytest.fixture
def command():
    """Start the command and give the process and what it announced."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "batchgen.sandbox", "--port", "0", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, json.loads(process.stdout.readline())

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_announces_one_line_and_ends_cleanly_on_a_signal(command, number):
    process, told = command("--plan", "pro", "--faults", "mild,get_500=0,get_429=0,slow=0")

    health = httpx.get(told["url"] + "/_sandbox/health").json()
    process.send_signal(number)

    assert health["plan"] == "pro"
    assert told["ledger"] == told["url"] + "/_sandbox/ledger"
    assert process.wait(10) == 0
    assert process.stdout.read() == ""


def test_it_ends_when_its_parent_lets_go_of_standard_input(command):
    process, _ = command("--exit-with-parent")

    process.stdin.close()

    assert process.wait(10) == 0
    process.stdin = None


def test_a_signal_ends_it_while_it_watches_its_parent(command):
    process, _ = command("--exit-with-parent")

    process.terminate()

    assert process.wait(10) == 0
    assert process.stderr.read() == ""


def test_it_remembers_after_a_kill(command, avatar, tmp_path):
    journal = str(tmp_path / "journal")
    process, told = command("--journal", journal)
    made = httpx.post(told["url"] + "/v3/videos", json=avatar, headers={"x-api-key": "k", "idempotency-key": "k1"})
    process.kill()
    process.wait(10)

    _, told = command("--journal", journal)
    again = httpx.post(told["url"] + "/v3/videos", json=avatar, headers={"x-api-key": "k", "idempotency-key": "k1"})

    assert again.json() == made.json()
    assert len(httpx.get(told["ledger"]).json()["jobs"]) == 1


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--plan", "prro"], "'pro'"),
        (["--faults", "throtle=1"], "'throttle'"),
        (["--host", "0.0.0.0"], "loopback"),
        (["--render", "soon"], "seconds"),
    ],
)
def test_a_wrong_argument_is_a_sentence_and_exit_code_2(arguments, hint):
    done = subprocess.run(
        [sys.executable, "-m", "batchgen.sandbox", *arguments], capture_output=True, text=True, timeout=30, check=False
    )

    assert done.returncode == 2
    assert hint in done.stderr
    assert "Traceback" not in done.stderr


def test_importing_the_sandbox_loads_no_server_and_no_encoder():
    heavy = "import sys, batchgen.sandbox as s; s.World; print([m for m in ('av', 'uvicorn', 'PIL', 'numpy') if m in sys.modules])"

    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, timeout=30, check=True)

    assert done.stdout.strip() == "[]"
