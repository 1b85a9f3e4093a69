"""Finds out which letters a text file is written in, without guessing where there is no need to.

In order: what the user says; a byte order mark; strict UTF-8; and only then an older code page, which is CP1252, as
most spreadsheets in the West still write it, unless a detector is sure of another script. The whole file is read
once for this, a block at a time, and its digest is taken on the way.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchgen.model.layout import MARK, marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.manifest.source import Source

_BLOCK = 1 << 20
_SAMPLE = 1 << 16

# Unicode that is two or four bytes a letter: its plain letters have zeros beside them.
_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

# Code pages of other scripts. Among the Latin ones a detector cannot tell CP1252 from its neighbours.
_OTHER_SCRIPTS = frozenset(
    {
        "big5", "big5hkscs", "cp932", "cp949", "cp950", "cp1251", "cp1253", "cp1255", "cp1256", "euc_jis_2004",
        "euc_jisx0213", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "hz", "iso2022_jp", "iso8859_5", "iso8859_6",
        "iso8859_7", "iso8859_8", "johab", "koi8_r", "koi8_u", "mac_cyrillic", "mac_greek", "ptcp154", "shift_jis",
        "shift_jis_2004", "shift_jisx0213", "tis_620", "cp874",
    },
)  # fmt: skip


_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_LETTER = re.compile("[A-Za-z]")
#: Fewer bytes beyond ASCII than this prove no script; nor do shorter runs of them, nor a smaller share of such runs.
_LEAST, _RUN, _SHARE = 8, 4, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one reading of a text file told of it."""

    encoding: str
    digest: str  #: Of its bytes.
    size: int  #: In bytes.
    mark: bool = False  #: Whether a byte order mark stands before everything.
    notes: tuple[str, ...] = ()  #: What was guessed, for the user to see.

    def text(self, source: Source, *, newline: str | None = None) -> io.TextIOWrapper:
        """Open the file as text, behind its mark."""
        file = source.open()
        file.seek(len(MARK.encode(self.encoding)) if self.mark else 0)
        return io.TextIOWrapper(file, encoding=self.encoding, newline=newline)


def scan(source: Source, asked: str | None = None) -> Scan:
    """Read a text file once; raise ``ManifestError`` where it cannot be text in the encoding found."""
    with source.open() as file:
        head = file.read(_SAMPLE)
    certain = _asked(source, asked, head) or marked(head) or _by_zeros(head)
    size, digest, line = _try(source, certain or "utf-8")
    if line is None:
        mark = certain is not None and certain == marked(head)
        return Scan(encoding=certain or "utf-8", digest=digest, size=size, mark=mark)
    if certain:
        raise source.refuse(
            f"Line {line} is not {certain} text.",
            "Save it as CSV UTF-8, or name its encoding with --encoding.",
        )
    encoding, note = _older(source)
    return Scan(encoding=encoding, digest=digest, size=size, notes=(note,))


def _asked(source: Source, asked: str | None, head: bytes) -> str | None:
    """Give the encoding that the user named, and which of its twins it is."""
    if not asked:
        return None
    try:
        name = codecs.lookup(asked).name
        b"".decode(name)
    except LookupError:
        raise source.refuse(f'No encoding is called "{asked}".', "Write one such as utf-8, cp1252 or utf-16.") from None
    name = name.removesuffix("-sig")
    if name in ("utf-16", "utf-32"):
        found = marked(head) or _by_zeros(head) or ""
        return found if found.startswith(name) else f"{name}-le"
    return name


def _by_zeros(head: bytes) -> str | None:
    """Tell Unicode of two or four bytes a letter without a mark: read in the right way, it is lines of plain text."""
    if 0 not in head:
        return None
    found = {encoding: text for encoding in _WIDE if (text := _plain_text(head, encoding))}
    # Read the wrong way round, hardly a letter is a plain one.
    return max(found, key=lambda encoding: sum(map(str.isascii, found[encoding])), default=None)


def _plain_text(head: bytes, encoding: str) -> str | None:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None
    return text if "\0" not in text and ("\n" in text or "\r" in text) else None


def _try(source: Source, encoding: str) -> tuple[int, str, int | None]:
    """Give the number and the digest of the bytes, and the first line that is not in this encoding, if any."""
    digest = hashlib.blake2b(digest_size=16)
    decoder = codecs.getincrementaldecoder(encoding)()
    size, lines, bad = 0, 1, None
    for block in _blocks(source):
        size += len(block)
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
    return size, digest.hexdigest(), bad


def _blocks(source: Source) -> Iterator[bytes]:
    with source.open() as file:
        while block := file.read(_BLOCK):
            yield block


def _older(source: Source) -> tuple[str, str]:
    """Name the code page of a text that is not Unicode, and tell of the guess with the first line that shows it."""
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
    example = sample.split(b"\n", 1)[0].decode(encoding, "replace").strip()
    place = max(next((at for at, letter in enumerate(example) if not letter.isascii()), 0) - 40, 0)
    shown = ("…" if place else "") + example[place : place + 80]
    return encoding, f'read as {encoding}, which is a guess: "{shown}". If that looks wrong, name it by --encoding.'


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


def _foreign(sample: bytes, encoding: str) -> bool:
    """Tell whether a sample is surely of another script: whole words of it, with no ASCII letter inside of them.

    In the West letters beyond ASCII stand alone or in twos, amid others.
    """
    runs = [len(run) for run in _BEYOND_ASCII.findall(sample)]
    if sum(runs) < _LEAST or sum(run for run in runs if run >= _RUN) < sum(runs) * _SHARE:
        return False
    words = [word for word in _WORD.findall(sample.decode(encoding, "replace")) if not word.isascii()]
    return sum(_ASCII_LETTER.search(word) is not None for word in words) <= len(words) * (1 - _SHARE)


def _detected(sample: bytes) -> str | None:
    # A third of a second to import, and hardly ever needed.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    best = from_bytes(sample).best()
    # Of a price in pounds or a single name the detector makes Japanese as readily as English.
    if best is not None and best.encoding in _OTHER_SCRIPTS and best.chaos < 0.1 and _foreign(sample, best.encoding):
        return best.encoding
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return best.encoding if best is not None else None
    return "cp1252"
