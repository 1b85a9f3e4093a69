"""Who holds a state."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from batchgen.model.errors import LockedError
from batchgen.store.lock import RunLock

HOLDER = """
import sys, time
from pathlib import Path
from batchgen.store.lock import RunLock
with RunLock(Path(sys.argv[1]), command="batchgen run a.csv", since="12:00"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_says_who_holds_it_and_dies_with_its_holder(tmp_path):
    path = tmp_path / "state.db"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    ours = RunLock(path, command="batchgen run b.csv", since="12:01")

    with pytest.raises(LockedError) as refused, ours:
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    holder.stdout.close()

    assert str(holder.pid) in str(refused.value)
    assert "batchgen run a.csv" in str(refused.value)
    assert refused.value.exit_code == 6
    with ours:
        assert Path(f"{path}.lock").exists()


def test_a_state_has_one_lock_by_whatever_name_it_is_opened(tmp_path):
    path, other = tmp_path / "state.db", tmp_path / "link.db"
    path.touch()
    other.symlink_to(path)

    with RunLock(path, command="a", since="now"):
        assert {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.glob("state.db.*")} == {0o600}
        with pytest.raises(LockedError, match="process"), RunLock(other, command="b", since="now"):
            pass


def test_a_lock_whose_holder_left_no_note_is_still_held(tmp_path):
    path = tmp_path / "state.db"
    with RunLock(path, command="a", since="now"):
        Path(f"{path}.holder").unlink()

        with pytest.raises(LockedError, match="another process"), RunLock(path, command="b", since="now"):
            pass


def test_a_lock_that_another_user_left_is_told_with_who_can_take_it(tmp_path):
    lock = tmp_path / "state.db.lock"
    lock.touch(mode=0)
    words = [sys.executable, "-c", HOLDER, str(tmp_path / "state.db")]
    if os.geteuid() == 0:  # Root is kept from nothing unless it gives up its rights.
        os.chown(lock, 65534, 65534)
        words = ["setpriv", "--inh-caps=-all", "--bounding-set=-all", *words]
        if not shutil.which("setpriv"):
            pytest.skip("root may read everything")

    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=30)

    assert ended.returncode != 0
    assert "Another user ran here before" in ended.stderr
