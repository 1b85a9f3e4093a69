"""Finds out which letters a text file is written in, without guessing where there is no need to.

In order: what the user says; a byte order mark; strict UTF-8; and only then an older code page, which is CP1252, as
most spreadsheets in the West still write it, unless a detector is sure of another script. The whole file is read
once for this, a block at a time, and its digest is taken on the way.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.manifest.source import Source

_BLOCK = 1 << 20
_SAMPLE = 1 << 16

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Code pages of other scripts. Among the Latin ones a detector cannot tell CP1252 from its neighbours.
_OTHER_SCRIPTS = frozenset(
    {
        "big5", "big5hkscs", "cp932", "cp949", "cp950", "cp1251", "cp1253", "cp1255", "cp1256", "euc_jis_2004",
        "euc_jisx0213", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "hz", "iso2022_jp", "iso8859_5", "iso8859_6",
        "iso8859_7", "iso8859_8", "johab", "koi8_r", "koi8_u", "mac_cyrillic", "mac_greek", "ptcp154", "shift_jis",
        "shift_jis_2004", "shift_jisx0213", "tis_620", "cp874",
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one reading of a text file told of it."""

    encoding: str
    digest: str  #: Of its bytes.
    notes: tuple[str, ...] = ()  #: What was guessed, for the user to see.


def scan(source: Source, asked: str | None = None) -> Scan:
    """Read a text file once; raise ``ManifestError`` where it cannot be text in the encoding found."""
    with source.open() as file:
        head = file.read(_SAMPLE)
    certain = _asked(source, asked) or _by_mark(head)
    digest, line = _try(source, certain or "utf-8")
    if line is None:
        return Scan(encoding=certain or "utf-8", digest=digest)
    if certain:
        raise source.refuse(
            f"Line {line} is not {certain.removesuffix('-sig')} text.",
            "Save it as CSV UTF-8, or name its encoding with --encoding.",
        )
    encoding, example = _older(source)
    return Scan(encoding=encoding, digest=digest, notes=(f'{source.name} is read as {encoding}: "{example}"',))


def _asked(source: Source, asked: str | None) -> str | None:
    if not asked:
        return None
    try:
        codecs.lookup(asked)
    except LookupError:
        raise source.refuse(f'No encoding is called "{asked}".', "Write one such as utf-8, cp1252 or utf-16.") from None
    # A mark at the beginning is no part of the first header, whoever named the encoding.
    return "utf-8-sig" if codecs.lookup(asked).name == "utf-8" else asked


def _by_mark(head: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    half = len(head) // 2
    # Plain letters in UTF-16 have a zero beside each, on the same side.
    if half and head[1::2].count(0) > half * 0.4:
        return "utf-16-le"
    if half and head[::2].count(0) > half * 0.4:
        return "utf-16-be"
    return None


def _try(source: Source, encoding: str) -> tuple[str, int | None]:
    """Give the digest of the bytes, and the first line that is not in this encoding, if any."""
    digest = hashlib.blake2b(digest_size=16)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, bad = 1, None
    for block in _blocks(source):
        digest.update(block)
        if bad is None:
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                bad = lines + error.object[: error.start].count(b"\n")
            lines += block.count(b"\n")
    if bad is None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            bad = lines
    return digest.hexdigest(), bad


def _blocks(source: Source) -> Iterator[bytes]:
    with source.open() as file:
        while block := file.read(_BLOCK):
            yield block


def _older(source: Source) -> tuple[str, str]:
    """Name the code page of a text that is not Unicode, with a line that shows it."""
    sample, bad_row = _telling_lines(source)
    if _nearly_utf8(sample):
        raise source.refuse(
            f"Line {bad_row} holds letters that are not UTF-8, though the rest is.",
            "Repair that line, or name the encoding with --encoding.",
        )
    encoding = _detected(sample)
    if encoding is None:
        raise source.refuse(
            f"Line {bad_row} holds letters in an encoding that cannot be told.",
            "Save it as CSV UTF-8, or name its encoding with --encoding.",
        )
    return encoding, sample.split(b"\n", 1)[0].decode(encoding, "replace").strip()[:80]


def _telling_lines(source: Source) -> tuple[bytes, int]:
    """Give the lines with letters beyond ASCII, up to a sample, and the first that is not UTF-8."""
    found, size, bad_line = [], 0, 0
    with source.open() as file:
        for number, line in enumerate(file, start=1):
            if line.isascii():
                continue
            if size < _SAMPLE:
                found.append(line)
                size += len(line)
            if not bad_line and not _is_utf8(line):
                bad_line = number
            if size >= _SAMPLE and bad_line:
                break
    return b"".join(found), bad_line


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _nearly_utf8(sample: bytes) -> bool:
    """Tell whether lines of proper UTF-8 outnumber the others: no older text looks like it by chance."""
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    good = sum(_is_utf8(line) for line in lines)
    return good > len(lines) - good


def _detected(sample: bytes) -> str | None:
    # A third of a second to import, and hardly ever needed.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(sample).best()
    if best is not None and best.encoding in _OTHER_SCRIPTS and best.chaos < 0.1:
        return best.encoding
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return best.encoding if best is not None else None
    return "cp1252"
