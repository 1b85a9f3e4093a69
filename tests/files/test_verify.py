"""What saved files are known by: damage is told, whatever the file was digested by when it was saved."""

import hashlib
from io import BytesIO

import pytest

from batchgen.files.digest import Digest, digest
from batchgen.files.verify import fault

FILM = bytes(range(256)) * 5000


@pytest.fixture
def film(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(FILM)
    return path


def test_a_file_that_came_in_pieces_is_known_by_what_a_whole_one_is_known_by():
    pieces = Digest()
    for start in range(0, len(FILM), 7777):
        pieces.update(FILM[start : start + 7777])

    assert str(pieces) == digest(BytesIO(FILM))


def test_a_digest_is_what_the_command_of_its_name_tells():
    # As `xxh128sum` and `sha256sum` tell of a file that holds these three letters.
    assert digest(BytesIO(b"abc")) == "xxh128:06b05ab6733a618578af5f94892f3950"
    assert digest(BytesIO(b"abc"), like="sha256:") == f"sha256:{hashlib.sha256(b'abc').hexdigest()}"


@pytest.mark.parametrize("like", ["xxh128:", "sha256:"])
def test_one_bit_of_a_saved_file_that_changed_is_told(film, like):
    known_by = digest(BytesIO(FILM), like=like)
    assert fault(film, size=len(FILM), known_by=known_by) is None

    film.write_bytes(FILM[:700_000] + bytes([FILM[700_000] ^ 1]) + FILM[700_001:])

    assert fault(film, size=len(FILM), known_by=known_by) == "its content is not what was saved"
