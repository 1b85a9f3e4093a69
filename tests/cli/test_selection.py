"""What ``--select`` means, word for word."""

import pytest

from batchgen.assembly.selection import selector
from batchgen.store.interface import Line

COLUMNS = ("client", "First Name")
CLIENTS = ("ACME", "ACME, Inc.", "Möller, Söhne & Co", "O'Brien", 'The "Best", Ltd.')


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("client:ACME,O\\'Brien", ["ACME", "O'Brien"]),
        ('client:"ACME, Inc."', ["ACME, Inc."]),
        ("client:'ACME, Inc.'", ["ACME, Inc."]),
        ('client:"acme, inc.","O\'Brien"', ["ACME, Inc.", "O'Brien"]),
        ('client:ACME,"Möller, Söhne & Co"', ["ACME", "Möller, Söhne & Co"]),
        ('client:"The \\"Best\\", Ltd."', ['The "Best", Ltd.']),
        ('client:"ACME, Inc.",ACME row:2', ["ACME"]),
    ],
)
def test_in_quotes_a_comma_is_part_of_the_value(expression, meant):
    keep = selector(expression, COLUMNS)

    lines = [Line(row=at, cells=(name, ""), job=None, saved=None) for at, name in enumerate(CLIENTS, start=2)]
    assert [line.cells[0] for line in lines if keep(line)] == meant
