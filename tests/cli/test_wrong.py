"""What is wrong with a command is a sentence and an exit code, and with --json an object as well."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

from batchgen.cli.main import answer
from batchgen.model.errors import Fault, ManifestError
from batchgen.pipeline.planning.plan import FAULTS
from batchgen.sandbox import Options, serve


@pytest.mark.parametrize("key", ["two words", "“smart”", "line\nbreak", "tab\tkey"])
def test_a_key_that_no_header_can_carry_is_refused_unquoted(batchgen, sheet, monkeypatch, key):
    monkeypatch.setenv("HEYGEN_API_KEY", key)

    ended = batchgen("run", "people.csv")

    assert ended.code == 3
    assert key not in ended.err
    assert "key" in ended.err


@pytest.mark.parametrize(
    "said",
    [
        ["run", ""], ["check", " "], ["status", "--state", ""], ["run", "people.csv", "--results", ""],
        ["apply", ""], ["adopt", ""], ["adopt", "people.csv", "--manifest", ""], ["plan", "people.csv", "--save", ""],
        ["report", "people.csv", "--failed", ""], ["report", "people.csv", "--rows", ""], ["resolve", "2", "--adopt", ""],
    ],
)  # fmt: skip
def test_a_name_that_is_empty_comes_from_a_variable_that_is_not_set(batchgen, sheet, said):
    ended = batchgen(*said)

    assert ended.code == 2
    assert "It is empty. If it comes from a variable, set that." in ended.err


@pytest.mark.parametrize(
    "address",
    ["http://example.com", "ftp://127.0.0.1", "api.heygen.com", "https://", "https://me:pw@example.com", "http://[::1", "http://127.0.0.1:port"],
)  # fmt: skip
def test_an_address_to_which_no_key_may_go_is_refused(batchgen, sheet, monkeypatch, address):
    monkeypatch.setenv("HEYGEN_API_KEY", "k")
    monkeypatch.setenv("HEYGEN_API_BASE", address)

    ended = batchgen("run", "people.csv")

    assert ended.code == 3
    assert "address" in ended.err
    assert "pw" not in ended.err


@pytest.mark.parametrize("address", ["https://api.heygen.com/v3", "http://127.0.0.1:9/v2/"])
def test_an_address_that_names_a_generation_is_refused_before_each_row_is_not_found(
    batchgen, sheet, monkeypatch, address
):
    monkeypatch.setenv("HEYGEN_API_KEY", "k")
    monkeypatch.setenv("HEYGEN_API_BASE", address)

    ended = batchgen("run", "people.csv")

    assert ended.code == 3
    assert re.search(r"leave out the v[23] at its end", ended.err)


def test_a_command_that_was_mistyped_is_told_with_the_one_that_was_meant(batchgen):
    ended = batchgen("statsu")

    assert ended.code == 2
    assert "Did you mean 'status'?" in ended.err


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("binary.csv", bytes(range(256)) * 20), ("not.xlsx", b"PK\x03\x04 not really"),
     ("odd.yaml", b"kind: [video"), ("odd.jsonl", b"{]\n"), ("movie.mp4", b"\0\0\0 ftypisom")],
)  # fmt: skip
def test_a_file_that_is_no_manifest_is_named(batchgen, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    ended = batchgen("run", name)

    assert ended.code == 2
    assert ended.err.startswith(name)
    assert "Nothing was sent" in ended.err


def test_a_sheet_without_rows_ends_well_and_says_so(batchgen, tmp_path):
    (tmp_path / "header.csv").write_text("title,url,output_language\n")

    ended = batchgen("run", "header.csv", "--json")

    assert ended.code == 0
    assert "header.csv: it has no rows" in ended.err
    assert json.loads(ended.out)["rows"] == 0


@pytest.mark.parametrize("url", ["postgresql://u:hidden@db/x", "mysql://u:hidden@db/x", ":memory:", "sqlite://", "a://b://c"])  # fmt: skip
def test_a_state_that_cannot_be_is_refused_without_its_password(batchgen, sheet, tmp_path, url):
    ended = batchgen("run", "people.csv", "--state", url)

    assert ended.code == 3
    assert "--state" in ended.err
    assert "hidden" not in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_a_database_of_another_program_is_left_alone(batchgen, sheet, tmp_path):
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("create table jobs (id)")
        theirs.commit()

    ended = batchgen("run", "people.csv", "--state", "theirs.db")

    assert ended.code == 3
    assert "theirs.db" in ended.err
    with closing(sqlite3.connect(path)) as theirs:
        assert theirs.execute("select name from sqlite_master").fetchall() == [("jobs",)]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["run"], 2, "MANIFEST"),
        (["rnu", "people.csv"], 2, "rnu"),
        (["run", "people.csv", "--limt", "3"], 2, "--limit"),
        (["run", "people.csv", "--api", "v4"], 2, "v3"),
        (["run", "people.csv", "--limit", "0"], 2, "--limit"),
        (["run", "people.csv", "--select", "stauts:failed"], 2, "status"),
        (["run", "people.csv", "--select", "status:faild"], 2, "failed"),
        (["run", "people.csv", "--select", "row:ten"], 2, "row:10-40"),
        (["run", "people.csv", "--results", "people.csv"], 2, "overwrite"),
        (["run", "people.csv", "./people.csv"], 2, "./people.csv: this is named twice. Name it once."),
        (["retry"], 2, "There was no run at"),
        (["report", "--state", "none.db"], 2, "no state file"),
        (["sandbox", "--faults", "throtle=1"], 2, "throttle"),
        (["sandbox", "--plan", "prro"], 2, "pro"),
    ],
)
def test_a_command_that_cannot_be_meant_says_what_could_be(batchgen, sheet, words, code, said):
    ended = batchgen(*words)

    assert ended.code == code
    assert said in ended.err


def test_what_a_run_wrote_is_left_out_of_the_next_and_that_is_said(batchgen, sheet):
    results = sheet.with_name("people_results.csv")
    results.write_bytes(sheet.read_bytes())

    ended = batchgen("run", "people.csv", "people_results.csv")

    assert ended.code == 2
    assert "Leave people_results.csv out if a run wrote it" in ended.err


def test_no_way_out_is_named_that_several_manifests_do_not_have(batchgen, sheet):
    sheet.with_name("people.yaml").write_text("rows: people.csv\n")

    ended = batchgen("run", "people.csv", "people.yaml")

    assert ended.code == 2
    assert "Run them one by one, with --results." in ended.err


def test_with_json_an_error_is_one_object(batchgen, sheet):
    ended = batchgen("run", "people.csv", "--json")

    assert ended.code == 3
    assert ended.out.count("\n") == 1
    told = json.loads(ended.out)
    assert told["exit_code"] == 3
    assert "HEYGEN_API_KEY" in told["error"]
    assert "HEYGEN_API_KEY" in ended.err


@pytest.mark.parametrize("command", ["run", "plan"])
def test_with_json_the_faults_of_a_manifest_are_one_object(batchgen, tmp_path, command):
    (tmp_path / "bad.csv").write_text(
        "title,output_language,url\nA,Germn,https://example.com/a.mp4\nB,German,ftp://x\n"
    )

    ended = batchgen(command, "bad.csv", "--json")

    assert ended.code == 2
    told = json.loads(ended.out)
    assert [(fault["file"], fault["row"], fault["column"]) for fault in told["faults"]] == [
        ("bad.csv", 2, "output_language"),
        ("bad.csv", 3, "url"),
    ]
    assert all(fault["problem"] for fault in told["faults"])
    assert "German" in told["faults"][0]["remedy"] + told["faults"][0]["problem"]


def test_of_very_many_faults_the_rest_is_counted(batchgen, tmp_path):
    rows = "".join(f"T{n},German,no-link\n" for n in range(FAULTS + 234))
    (tmp_path / "bad.csv").write_text("title,output_language,url\n" + rows)

    ended = batchgen("plan", "bad.csv")

    assert ended.code == 2
    assert "1,000 faults, and 234 more" in ended.err
    assert sum(line.startswith("bad.csv") for line in ended.err.splitlines()) == FAULTS


def test_equal_faults_are_told_once(batchgen, monkeypatch, sheet):
    fault = Fault(file="a.csv", row=2, column="x", problem="wrong.")

    def fail(*_args, **_kwargs):
        raise ManifestError([fault, fault])

    monkeypatch.setattr("batchgen.assembly.errand.open_sources", fail)
    ended = batchgen("plan", "people.csv")

    assert ended.err.count("a.csv, row 2") == 1
    assert "1 fault." in ended.err


def test_a_fault_of_batchgens_own_is_a_sentence(batchgen, monkeypatch, sheet, capsys):
    monkeypatch.setattr("batchgen.assembly.errand.open_sources", lambda *_a, **_k: 1 / 0)

    code = answer(["plan", "people.csv"])

    assert code == 1
    assert "BATCHGEN_DEBUG" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("report", "people.csv", "--results", "NAME.xlsx"),
        ("report", "people.csv", "--failed", "NAME.csv"),
        ("plan", "people.csv", "--state", "NAME.db"),
        ("status", "--state", "NAME.db"),
        ("init", "translate", "NAME"),
    ],
)
def test_a_name_that_no_file_can_have_is_the_disks_fault_and_none_of_batchgens(batchgen, sheet, words):
    batchgen("run", "people.csv", "--sandbox", "--no-download")

    ended = batchgen(*(word.replace("NAME", "x" * 300) for word in words), *(["--json"] if words[0] != "init" else []))

    assert ended.code == 3, ended.err
    assert re.search(r"x{300}\S*: this cannot be used \(File name too long\)", ended.err)
    assert words[0] == "init" or json.loads(ended.out)["exit_code"] == 3


@pytest.mark.parametrize("results", ["rows.csv", "./rows.csv", "people.yaml", "rows.csv.xlsx"])
def test_nothing_that_a_manifest_is_made_of_is_written_over(batchgen, tmp_path, results):
    rows = "title,avatar_id,voice_id,script\nA,Daisy,v1,One.\n"
    (tmp_path / "rows.csv").write_text(rows)
    (tmp_path / "rows.csv.xlsx").symlink_to(tmp_path / "rows.csv")
    manifest = tmp_path / "people.yaml"
    manifest.write_text("kind: video\nrows: rows.csv\n")

    ended = batchgen("run", "people.yaml", "--sandbox", "--results", results)

    assert ended.code == 2, ended.err
    assert "overwr" in ended.err
    assert (tmp_path / "rows.csv").read_text() == rows


def test_sessions_that_cannot_be_left_are_left_out_by_the_selection_that_is_named(batchgen, tmp_path, monkeypatch):
    both = "kind,avatar_id,lines,url,output_language\nsession,Daisy,Hi|There,,\ntranslation,,,https://x.example/a.mp4,German\n"
    tmp_path.joinpath("both.csv").write_text(both)
    with serve(options=Options(render=(0.05, 0.1), films="tiny")) as serving:
        monkeypatch.setenv("HEYGEN_API_BASE", serving.url)
        monkeypatch.setenv("HEYGEN_API_KEY", "any")

        refused = batchgen("run", "both.csv", "--no-wait")
        selection = re.search(r"--select (\S+)\.", refused.err)[1]
        left = batchgen("run", "both.csv", "--no-wait", "--select", selection, "--json")

    assert refused.code == 2
    assert json.loads(left.out)["rendering"] == 1
    assert json.loads(left.out)["planned"] == 1, "the session"
