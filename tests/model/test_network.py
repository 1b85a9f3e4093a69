"""What importing the client of HTTP does to the process."""

from __future__ import annotations

import os
import subprocess
import sys

import certifi
import pytest

IMPORTING = """
import os, {module}
from aiohttp import connector
print(connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509"], os.environ.get("SSL_CERT_FILE"))
"""


@pytest.mark.parametrize("told", [certifi.where(), None])
@pytest.mark.parametrize(
    "module",
    [
        "batchgen.heygen.client",
        "batchgen.heygen.echoes",
        "batchgen.heygen.way",
        "batchgen.files.web",
        "batchgen.doctor.web",
    ],
)
def test_no_certificate_is_read_that_nobody_asks_for_and_the_environment_stays_as_it_is(module, told):
    around = {name: value for name, value in os.environ.items() if name != "SSL_CERT_FILE"}
    around |= {"SSL_CERT_FILE": told} if told else {}

    done = subprocess.run(
        [sys.executable, "-c", IMPORTING.format(module=module)], env=around, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["0", str(told)]
