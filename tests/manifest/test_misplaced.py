"""Sheets that are no manifests: the results of one, which have a line for each video."""

from __future__ import annotations

import pytest

OWN = (
    "job_id,language,status,translation_id,video_url,file,duration_s,credits,error_code,error,submitted_at,finished_at"
)
RESULTS = f"title,url,output_languages,{OWN}\n" + "".join(
    f"T,https://e.com/{at // 2},French;German,j{at},x,done,t{at},https://heygen.example/{at},videos/{at}.mp4,3,3,,,,\n"
    for at in range(20)
)
TOLD = "It is a sheet of results, with a line for each video, and this column tells what was made."


@pytest.mark.parametrize(
    "settings", [None, "", "defaults: {mode: precision}\n", "foreach: {mode: [precision, speed]}\n"]
)
@pytest.mark.parametrize("own", ["video_url", "VIDEO_URL "])
def test_results_that_are_run_are_told_once(told, folder, settings, own):
    results = RESULTS.replace("video_url", own)
    (folder / "r.csv").write_text(results)

    faults = (
        told("r.csv", results) if settings is None else told("m.yaml", f"kind: translation\nrows: r.csv\n{settings}")
    )

    (fault,) = faults
    assert fault.startswith(f'r.csv, row 1, column "{own}": {TOLD} Run the sheet')


def test_results_whose_links_a_manifest_makes_use_of_are_its_rows(rows, folder):
    (folder / "r.csv").write_text(RESULTS)
    manifest = 'kind: translation\nrows: r.csv\nfields: {url: "{{ video_url }}", output_languages: Polish}\n'

    assert [row.fields["url"] for row in rows("m.yaml", manifest)] == [
        f"https://heygen.example/{at}" for at in range(20)
    ]


def test_results_of_videos_of_which_no_column_is_a_field_are_rows_like_others(rows):
    results = f"avatar_id,script,{OWN.replace('translation', 'video')}\na,Hi,j,,failed,,,,,,e,m,,\n"

    assert [row.fields["script"] for row in rows("r.csv", results)] == ["Hi"]


def test_two_columns_for_one_field_are_told_in_a_sheet_of_ones_own(told):
    assert len(told("s.csv", "video_url,url,output_language,job_id\na,b,French,1\na,b,French,2\n")) == 2
