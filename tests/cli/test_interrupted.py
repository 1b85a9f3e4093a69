"""Ctrl-C at once, by who saw the slip while Enter was still down."""

import subprocess
import sys

#: Presses Ctrl-C when the command comes to import its first library, and begins it as its script does.
AT_THE_FIRST_IMPORT = """
import os, signal, sys

class Person:
    def find_spec(self, name, *_):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Person())
from batchgen.__main__ import main
main()
"""


def test_ctrl_c_while_the_command_is_still_being_loaded_is_answered_in_a_sentence():
    ended = subprocess.run([sys.executable, "-c", AT_THE_FIRST_IMPORT], capture_output=True, text=True, check=False)

    assert ended.stderr == "\nInterrupted. Nothing is lost: the same command goes on.\n"
    assert ended.returncode == 130


def test_nothing_is_imported_before_a_ctrl_c_is_answered():
    told = "import sys; before = set(sys.modules); import batchgen; print(*set(sys.modules) - before - {'__future__'})"
    ended = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert ended.stdout == "batchgen\n"
