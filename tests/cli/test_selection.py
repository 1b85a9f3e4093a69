"""What ``--select`` means, word for word."""

import pytest

from batchgen.assembly.selection import selector
from batchgen.model.errors import UsageError
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


@pytest.mark.parametrize("nothing", ["", "  "])
def test_an_empty_one_means_no_row_and_not_all_of_them(nothing):
    with pytest.raises(UsageError, match="this is empty"):
        selector(nothing, COLUMNS)


@pytest.mark.parametrize("words", [["run", "--yes"], ["run", "--again", "--yes"], ["retry", "--yes"], ["plan"]])
def test_a_script_whose_variable_is_not_set_makes_no_run_of_the_whole_sheet(batchgen, tmp_path, words):
    (tmp_path / "videos.csv").write_text("title,output_language,url\nA,Spanish,https://example.com/1.mp4\n")
    run = ("videos.csv", "--sandbox", "--yes", "--no-download", "--poll-interval", "0.5")
    name, *more = words

    made = batchgen("run", *run)
    ended = batchgen(name, "videos.csv", "--sandbox", *more, "--select", "")

    assert made.code == 0
    assert ended.code == 2, ended.err
