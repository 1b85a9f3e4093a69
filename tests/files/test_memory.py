"""What is read into again and again is not had from the kernel again and again."""

import ctypes
import subprocess
import sys

import pytest

#: Frees and asks for what eight downloads read, over and over; tells the page faults of that, before and with ``keep``.
READING = """
import resource
from batchgen.files import memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(200):
        pieces = [bytes(256 * 1024) for _ in range(8)]
        del pieces
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

let_go = faults()
memory.keep()
faults()
print(let_go, faults())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "mallopt"), reason="the allocator here is another one"
)
def test_memory_that_pieces_were_read_into_is_kept_for_the_next():
    done = subprocess.run([sys.executable, "-c", READING], capture_output=True, text=True, check=True)

    let_go, kept = map(int, done.stdout.split())
    assert kept * 10 < let_go
