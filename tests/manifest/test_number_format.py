from __future__ import annotations

import datetime as dt

import pytest

from batchgen.manifest.number_format import as_shown


def serial(*moment: int) -> float:
    """Give a moment as a spreadsheet counts it."""
    return (dt.datetime(*moment) - dt.datetime(1899, 12, 30)).total_seconds() / 86_400  # noqa: DTZ001


DAY, MOMENT = serial(2024, 1, 2), serial(2024, 1, 2, 15, 4, 5)


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        (7, "000", "007"),
        (0.25, "0%", "25%"),
        (0.256, "0.0%", "25.6%"),
        (2.675, "0.00", "2.68"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, '#,##0.00\\ "€"', "1,234.50 €"),
        (1234.5, "[$€-407]#,##0.00", "€1,234.50"),
        (5, '_-* #,##0.00\\ "€"_-', "5.00 €"),
        (-5, "0;[Red](0)", "(5)"),
        (-5, "0", "-5"),
        (0, '0;-0;"none"', "none"),
        (5551234567, "(000) 000-0000", "(555) 123-4567"),
        (123456789, "000-00-0000", "123-45-6789"),
        (0.5, "#.##", ".5"),
        (1234567, "#,##0,", "1,235"),
        (1234567, '0.0,,"M"', "1.2M"),
        (1e15, "0", "1000000000000000"),
        (DAY, "dd/mm/yyyy", "02/01/2024"),
        (DAY, "d.m.yy", "2.1.24"),
        (DAY, "dddd, d mmmm yyyy", "Tuesday, 2 January 2024"),
        (MOMENT, "yyyy-mm-dd h:mm:ss", "2024-01-02 15:04:05"),
        (MOMENT, "h:mm AM/PM", "3:04 PM"),
        (90 / 1440, "h:mm", "1:30"),
        (90 / 86_400, "mm:ss", "01:30"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (60, "yyyy-mm-dd", "1900-02-28"),
    ],
)
def test_a_number_looks_as_its_spreadsheet_shows_it(number, code, shown):
    assert as_shown(number, code) == shown


@pytest.mark.parametrize(
    "code", ["General", "@", "0.00E+00", "# ?/?", "[>100]0", "[$-407]d. mmmm yyyy", "[$-F800]dddd, mmmm dd, yyyy"]
)
def test_what_looks_differently_from_place_to_place_is_left_alone(code):
    assert as_shown(DAY, code) is None


def test_days_may_be_counted_from_1904():
    assert as_shown(1, "yyyy-mm-dd", since_1904=True) == "1904-01-02"
