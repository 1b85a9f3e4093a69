"""How jobs and what is bought of them are named: by digests, so that the same is called the same everywhere.

A job's id is a digest of what it renders and of nothing else. Sorting, renaming or deleting rows changes no id, and a
second manifest that asks for the same video asks for the same job.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import product
from json import encoder
from struct import Struct

from batchgen.model.meaning import meaning, one_line_end, same_id, spells_out


def canonical(value: object) -> str:
    """Write JSON in the one way in which equal values give equal text."""
    return _encode(value)


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

#: Writes one text as ``canonical`` does: a third of the time, where there are a million of them.
quoted: Callable[[str], str] = encoder.encode_basestring


def digest(*parts: object, length: int = 16) -> str:
    """Give a short, stable name for some JSON values: lower-case base32, 5 bits a letter."""
    return _named(canonical(parts), length)


def once_more(job_id: str) -> str:
    """Give the id of the job that renders what a done one rendered, once more."""
    return digest(job_id, "again", 1)


#: Base32 two letters at a time: what ten bits are.
_PAIRS = tuple(map("".join, product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)))
_ten_bytes = Struct(">QH").unpack_from


def _named(text: str, length: int) -> str:
    """Name a text by its digest, in up to 32 letters."""
    raw = _raw(text)
    # No more of them are spelt out than are wanted.
    return (_spelt(raw) + (_spelt(raw[10:]) if length > 16 else ""))[:length]


def _raw(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).digest()


def _spelt(raw: bytes) -> str:
    """Write the first ten bytes as sixteen letters. Without a loop, since each job of a long sheet is named so."""
    high, low = _ten_bytes(raw)
    return (
        f"{_PAIRS[high >> 54]}{_PAIRS[high >> 44 & 1023]}{_PAIRS[high >> 34 & 1023]}{_PAIRS[high >> 24 & 1023]}"
        f"{_PAIRS[high >> 14 & 1023]}{_PAIRS[high >> 4 & 1023]}{_PAIRS[(high & 15) << 6 | low >> 10]}"
        f"{_PAIRS[low & 1023]}"
    )


#: Names many jobs by their contents, as ``canonical`` writes them, and by what makes each distinct, if anything does.
Named = Callable[[Iterable[str], Iterable[str | None]], list[str]]


def naming(realm: str, kind: str, copy: int = 0, *, as_written: bool = False) -> Named:
    """Give what names jobs of one kind as ``Draft.identity`` does.

    ``as_written``: as an earlier batchgen did, by all that a content spells out; see ``meaning``.
    """
    return _named_by(_with_one_line_end if as_written else _meaning, realm, kind, copy)


def earlier_names(realm: str, kind: str, content: str, distinct: Iterable[str | None]) -> Iterator[tuple[str, str]]:
    """Give what an earlier batchgen may have named a job, each with what it is named today, where that is another name.

    By its id as it was written; before that, by all that its content spells out as well, and by what its line ends are
    made of. ``distinct``: what may make it distinct, as it is written.
    """
    other = may_differ(content)
    for apart in distinct:
        own = None if apart is None else same_id(apart)
        if not other and own == apart:
            continue
        [today] = naming(realm, kind)([content], [own])
        for read in (_meaning, _with_one_line_end, str) if other else (str,):
            [earlier] = _named_by(read, realm, kind)([content], [apart])
            if earlier != today:
                yield earlier, today


def _named_by(read: Callable[[str], str], realm: str, kind: str, copy: int = 0) -> Named:
    # As ``digest`` has it of these five, without writing the content once more.
    before, null, after = f"[{quoted(realm)},{quoted(kind)},", f",null,{copy:d}]", f",{copy:d}]"

    def named(contents: Iterable[str], distinct: Iterable[str | None]) -> list[str]:
        return [
            _spelt(_raw(f"{before}{content}{null}" if apart is None else f"{before}{content},{quoted(apart)}{after}"))
            for content, apart in zip(map(read, contents), distinct)  # noqa: B905 - where nothing does, it has no end
        ]

    return named


def may_differ(content: str) -> bool:
    """Whether a content may say more than what changes the video, by which an earlier batchgen named it."""
    return r"\r" in content or spells_out(content)


def _meaning(content: str) -> str:
    return canonical(meaning(json.loads(content))) if may_differ(content) else content


def _with_one_line_end(content: str) -> str:
    return canonical(one_line_end(json.loads(content))) if r"\r" in content else content


def submission_key(api: str, kind: str, jobs: list[tuple[str, int]]) -> str:
    """Derive the key of a submission from its jobs and their rounds: the same purchase, the same key.

    Letters, digits and ``-`` only, well under the 255 letters that HeyGen's v3 reference allows.
    """
    bought = ",".join([_bought(job_id, round_) for job_id, round_ in jobs])
    return "bg-" + _named(f"[{quoted(api)},{quoted(kind)},[{bought}]]", 32)


def _bought(job_id: str, round_: int) -> str:
    """Write a purchase of a job as ``canonical`` does, at a fifth of what that takes: each job is named twice by it."""
    return f"[{quoted(job_id)},{round_:d}]"


#: What a token looks like wherever it travels: in a title or in a callback id.
TOKEN = re.compile(r"\bbg[a-z2-7]{10}\b")


@lru_cache(maxsize=8192)  # Named when it is sent, and whenever a page is gone through for it.
def token(job_id: str, round_: int) -> str:
    """Name one purchase of a job so that it can be recognised in the account's lists.

    It follows from the manifest alone, whatever request the job was part of: what was bought can be told even where
    the state file is lost.
    """
    return "bg" + _named(_bought(job_id, round_), 10)
