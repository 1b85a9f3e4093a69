"""`batchgen check`: one line a fault, for editors and CI, with nothing but the manifests themselves."""

from __future__ import annotations

import json

import pytest

DUPLICATES = "One video for all of them: --duplicates share. One each: --duplicates keep, or an `id` column, filled in for all of them but one."
CLASH = "Give each video a name of its own, for instance with a column that differs or with the language."
HEADER = "title,output_language,url,output\n"


@pytest.fixture
def bad(tmp_path):
    rows = (
        "One,Spanish,https://example.com/1.mp4,x",
        "Two,Spannish,https://example.com/2.mp4,y",
        "Three,Spanish,https://example.com/1.mp4,x",
        "Four,French,https://example.com/4.mp4,X.mp4",
    )
    (tmp_path / "bad.csv").write_text(HEADER + "\n".join(rows) + "\n")


def test_each_fault_is_a_line_that_editors_understand(batchgen, bad):
    ended = batchgen("check", "bad.csv")

    assert ended.code == 2
    assert ended.out.splitlines() == [
        f"bad.csv:2: renders the same as row 4. {DUPLICATES}",
        'bad.csv:3:output_language: "Spannish" is not a language that HeyGen translates into. Did you mean "Spanish"?',
        f'bad.csv:5:output: "X.mp4" is also the file of row 2. {CLASH}',
    ]
    assert ended.err == "3 faults.\n"


@pytest.mark.parametrize("names", [("A.mp4", "a.mp4/b.mp4"), ("x/a.mp4/y/b", "x/a.mp4", "x/c.mp4")])
def test_a_video_in_the_place_of_another_ones_folder_is_told_before_anything_is_paid(batchgen, tmp_path, names):
    rows = (f"{n},Spanish,https://example.com/{n}.mp4,{name}" for n, name in enumerate(names))
    (tmp_path / "nested.csv").write_text(HEADER + "\n".join(rows) + "\n")

    ended = batchgen("check", "nested.csv")

    assert ended.code == 2
    assert ended.out.startswith('nested.csv:3:output: "a.mp4" cannot be a video and a folder of videos'), ended.out
    assert "the other in row 2." in ended.out
    assert ended.err == "1 fault.\n"


def test_with_json_each_fault_is_an_object(batchgen, bad):
    ended = batchgen("check", "bad.csv", "--json")

    told = [json.loads(line) for line in ended.out.splitlines()]
    assert [(one["severity"], one["file"], one["row"], one["column"]) for one in told] == [
        ("error", "bad.csv", 2, None),
        ("error", "bad.csv", 3, "output_language"),
        ("error", "bad.csv", 5, "output"),
    ]
    assert all(one["problem"] and one["remedy"] for one in told)


def test_it_finds_what_a_plan_finds(batchgen, bad):
    planned = json.loads(batchgen("plan", "bad.csv", "--json").out)
    checked = [json.loads(line) for line in batchgen("check", "bad.csv", "--json").out.splitlines()]

    def known(fault):
        return (fault["row"] or 0, fault["column"] or "", fault["problem"], fault["remedy"])

    assert sorted(map(known, planned["faults"])) == sorted(map(known, checked))


def test_faults_of_every_manifest_are_told_whatever_is_wrong_with_one(batchgen, bad, sheet, tmp_path):
    (tmp_path / "odd.yaml").write_text("kind: vidoe\nrows: none.csv\n")

    ended = batchgen("check", "odd.yaml", "people.csv", "nowhere.csv", "bad.csv", "--duplicates", "share")

    assert [line.split(": ")[0] for line in ended.out.splitlines()] == [
        "odd.yaml:1:kind",
        "odd.yaml:2:rows",
        "nowhere.csv:1",
        "bad.csv:3:output_language",
        "bad.csv:5:output",
    ]


def test_two_manifests_that_want_one_file_are_told(batchgen, tmp_path):
    for name, number in (("a.csv", 1), ("b.csv", 2)):
        (tmp_path / name).write_text(f"{HEADER}T,Spanish,https://example.com/{number}.mp4,same\n")

    ended = batchgen("check", "a.csv", "b.csv")

    assert ended.out.startswith("b.csv:2:output: ")


def test_what_is_sound_ends_well_and_leaves_nothing_behind(batchgen, sheet, tmp_path):
    ended = batchgen("check", "people.csv", "people.csv")

    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "Nothing is wrong. Rows: 2, videos: 2.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_what_looks_odd_is_a_warning_and_no_fault(batchgen, tmp_path):
    (tmp_path / "people.csv").write_text("title,avatar_id,script\nA,Daisy,Hello ZoÃ«\n")

    plain, as_json = batchgen("check", "people.csv"), batchgen("check", "people.csv", "--json")

    assert (plain.code, as_json.code) == (0, 0)
    assert plain.out.startswith('people.csv:2:script: warning: "Hello ZoÃ«" looks like text')
    assert json.loads(as_json.out)["severity"] == "warning"


def test_a_header_with_a_line_break_stays_one_line(batchgen, tmp_path):
    (tmp_path / "v.csv").write_text(
        'url,"output\nlanguage",output_language,a\nx,,Klingon\n,,French,,\nhttps://e.com/a,"b\nc",French,,"d\ne"\n'
    )

    ended = batchgen("check", "v.csv")

    assert len(ended.out.splitlines()) == 4
    assert all(line.startswith("v.csv:") for line in ended.out.splitlines())


def test_all_faults_are_told_however_many(batchgen, tmp_path):
    (tmp_path / "bad.csv").write_text(HEADER + "".join(f"T{n},German,no-link,\n" for n in range(1500)))

    assert len(batchgen("check", "bad.csv").out.splitlines()) == 1500


def test_a_plan_tells_warnings_too(batchgen, tmp_path):
    (tmp_path / "people.csv").write_text(
        "title,avatar_id,script\n" + "".join(f"A{n},Daisy,Hello {n} ZoÃ«\n" for n in range(8))
    )

    said = batchgen("plan", "people.csv").err

    assert said.count("warning: people.csv, row") == 5
    assert "warning: 3 more; `batchgen check` names each." in said


def test_a_sheet_without_rows_is_told_as_a_run_tells_it(batchgen, tmp_path):
    (tmp_path / "bare.csv").write_text(HEADER)

    ended = batchgen("check", "bare.csv")

    note = "bare.csv: it has no rows below its header, so there is nothing to make.\n"
    assert (ended.code, ended.err) == (0, f"{note}Nothing is wrong. Rows: 0, videos: 0.\n")
    assert note in batchgen("run", "bare.csv", "--sandbox").err


def test_an_empty_yaml_file_is_told_what_stands_in_one(batchgen, tmp_path):
    (tmp_path / "people.yaml").write_text("")

    assert 'It is empty. Write keys such as "kind:" and "rows:".' in batchgen("check", "people.yaml").out
