"""What of this machine matters to a run: Python, libraries, room on its disks, its clock, and its way out."""

from __future__ import annotations

import os
import platform
import shutil
import ssl
import sys
from datetime import UTC
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from batchgen.doctor.interface import Finding, Verdict
from batchgen.model.extras import installing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PYTHON = (3, 11)
#: Bytes that have to be free: some dozens of videos, and room for the state.
LEAST = 2**30
#: Seconds that the clock may be off. HeyGen signs its webhooks with times that may be this old.
SKEW_S = 300.0
#: Variables by which other programs are told of certificates; a run reads SSL_CERT_FILE and SSL_CERT_DIR alone.
_OTHERS = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def python(batchgen: str) -> Finding:
    """Tell which Python this is."""
    well = sys.version_info >= _PYTHON
    detail = f"{platform.python_version()} ({platform.system()} {platform.release()}), batchgen {batchgen}"
    remedy = "" if well else "batchgen needs Python 3.11 or newer."
    return Finding(group="machine", name="Python", verdict=_verdict(well=well), detail=detail, remedy=remedy)


def libraries(names: Sequence[str], *, shown: Sequence[str]) -> Finding:
    """Tell whether all that a run works with is there, and the versions of some."""
    found = {name: _version(name) for name in names}
    missing = [name for name, number in found.items() if number is None]
    told = [f"{name} {found[name]}" for name in shown if found.get(name)] + [ssl.OPENSSL_VERSION]
    return Finding(
        group="machine",
        name="libraries",
        verdict=_verdict(well=not missing),
        detail=", ".join(told),
        remedy=f"Missing: {', '.join(missing)}. Install batchgen again." if missing else "",
    )


def optional(name: str, libraries: Sequence[str]) -> Finding:
    """Tell whether the libraries of an extra are there."""
    missing = [one for one in libraries if _version(one) is None]
    return Finding(
        group="machine",
        name=f"extra {name}",
        verdict=Verdict.SKIPPED if missing else Verdict.PASS,
        detail="not installed" if missing else ", ".join(f"{one} {_version(one)}" for one in libraries),
        remedy=f"{installing(name)} where you want it." if missing else "",
        needed=False,
    )


def room(name: str, folder: Path) -> Finding:
    """Tell whether a folder can be written and has room. A folder that is not there yet is judged by its parent."""
    place = nearest(folder)
    try:
        with TemporaryFile(dir=place) as file:
            file.write(b"x")
        free = shutil.disk_usage(place).free
    except OSError as error:
        remedy = "Choose another folder (--state, --downloads), or mend its permissions."
        detail = f"{folder}: nothing can be written there ({error.strerror})"
        return Finding(group="state", name=name, verdict=Verdict.FAIL, detail=detail, remedy=remedy)
    well = free >= LEAST
    return Finding(
        group="state",
        name=name,
        verdict=_verdict(well=well),
        detail=f"{folder}: {free / 2**30:,.1f} GiB free",
        remedy="" if well else "Make room: videos take some dozens of megabytes each.",
    )


def nearest(folder: Path) -> Path:
    """Give the folder, or the first above it that is there."""
    return next((one for one in (folder.absolute(), *folder.absolute().parents) if one.is_dir()), Path("/"))


def clock(date: str | None, now: float) -> Finding:
    """Compare this machine's clock with the ``Date`` of a reply that came ``now``, in epoch seconds."""
    try:
        told = parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        detail = "the server told no time"
        return Finding(group="machine", name="clock", verdict=Verdict.SKIPPED, detail=detail, needed=False)
    skew = now - (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
    well = abs(skew) < SKEW_S
    way = "ahead of" if skew > 0 else "behind"
    # The header has whole seconds, and the reply took its time.
    detail = "right to a few seconds" if abs(skew) < 5 else f"{abs(skew):,.0f} s {way} the server's"
    remedy = "" if well else "Set the clock: signatures, tokens and certificates go by it."
    return Finding(
        group="machine", name="clock", verdict=_verdict(well=well), detail=detail, remedy=remedy, needed=False
    )


def certificates(environment: Mapping[str, str]) -> Finding:
    """Tell which certificates are trusted beside the usual ones."""
    file, folder = environment.get("SSL_CERT_FILE"), environment.get("SSL_CERT_DIR")
    ignored = [name for name in _OTHERS if environment.get(name)]
    if not file and not folder:
        hint = f"; {ignored[0]} is not read: set SSL_CERT_FILE as well" if ignored else ""
        return _certificates(Verdict.PASS, f"the usual ones{hint}")
    try:
        ssl.create_default_context(cafile=file or None, capath=folder or None)
    except OSError as error:  # An ssl.SSLError is one too.
        return _certificates(Verdict.FAIL, f"{file or folder}: no certificates can be read there ({_words(error)})")
    if folder and not file and not os.path.isdir(folder):  # noqa: PTH112 - as OpenSSL looks at it
        return _certificates(Verdict.FAIL, f"{folder}: this is no folder")
    return _certificates(Verdict.PASS, f"those of {file or folder}")


def _certificates(verdict: Verdict, detail: str) -> Finding:
    remedy = "Correct SSL_CERT_FILE or SSL_CERT_DIR, or unset it." if verdict is Verdict.FAIL else ""
    return Finding(group="network", name="certificates", verdict=verdict, detail=detail, remedy=remedy)


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _verdict(*, well: bool) -> Verdict:
    return Verdict.PASS if well else Verdict.FAIL
