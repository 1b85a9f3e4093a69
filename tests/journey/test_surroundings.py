"""Files, folders, disks and state files that are not as they should be: a sentence and an exit code each."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.journey.conftest import QUICK, check_books


@contextmanager
def small_disk(path, size="300k"):
    """Give a disk that is soon full."""
    path.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=False)


def nothing_sent(serving):
    return serving.world.ledger()["requests"]["create"] == 0


def test_a_manifest_that_is_not_there_names_the_nearest(desk, heygen):
    serving = heygen()
    desk.videos(1)

    ended = desk.run("poeple.jsonl")

    assert ended.code == 2
    assert "no such file" in ended.err.lower()
    assert 'Did you mean "people.jsonl"?' in ended.err
    assert nothing_sent(serving)


def test_every_fault_of_a_sheet_is_told_once_with_its_place(desk, heygen):
    serving = heygen()
    desk.write(
        "bad.csv",
        "title,output_language,url\nA,Germn,https://example.com/a.mp4\nB,German,ftp://x\nC,,https://example.com/c.mp4\n",
    )

    ended = desk.batchgen("run", "bad.csv", *QUICK)

    assert ended.code == 2
    assert 'bad.csv, row 2, column "output_language"' in ended.err
    assert "German" in ended.err
    assert 'bad.csv, row 3, column "url"' in ended.err
    assert "bad.csv, row 4" in ended.err
    assert "Nothing was sent" in ended.err
    told = [line for line in ended.err.splitlines() if line.startswith("bad.csv")]
    assert len(told) == len(set(told))
    assert nothing_sent(serving)


@pytest.mark.parametrize("where", ["results", "downloads", "state"])
def test_a_place_that_cannot_be_written_is_found_before_anything_is_sent(desk, heygen, where):
    serving = heygen()
    desk.videos(1)
    # Rights do not bind root, but nobody can make a folder below a file.
    desk.write("file", "")

    ended = desk.run("people.jsonl", f"--{where}", "file/below" + (".csv" if where == "results" else ""))

    assert ended.code == 3, ended.said
    assert f"--{where}" in ended.err
    assert nothing_sent(serving)


@pytest.mark.parametrize(
    ("results", "said"),
    [("no/such/folder/r.csv", "--results"), ("out/told.xlsx", "told.xlsx: the folder does not exist")],
)
def test_results_in_a_folder_that_is_not_there_are_found_out_before_anything_is_sent(desk, heygen, results, said):
    # Those of another format than CSV are written at the end of a run, when all is paid for.
    serving = heygen()
    desk.videos(1)

    ended = desk.run("people.jsonl", "--results", results)

    assert ended.code == 3
    assert said in ended.err
    assert nothing_sent(serving)


def test_downloads_to_a_full_disk_stop_with_a_sentence_and_the_rerun_ends(desk, heygen):
    serving = heygen(options={"film_bytes": 100_000, "render": (0.1, 0.2)})
    desk.videos(6)
    with small_disk(desk.folder / "disk", "300k") as disk:
        full = desk.run("people.jsonl", "--downloads", str(disk))
    ended = desk.run("people.jsonl", "--downloads", "roomy")

    assert full.code == 3, full.said
    assert "disk is full" in full.err
    assert ended.code == 0, ended.err
    # Those saved on the disk that is gone stay done; no video is paid for again.
    assert len(serving.world.ledger()["jobs"]) == 6


def test_a_state_on_a_full_disk_sends_nothing_blindly_and_goes_on_with_room(desk, heygen):
    serving = heygen(options={"render": (0.1, 0.2)})
    desk.videos(150)
    (desk.folder / "state").mkdir()
    with small_disk(desk.folder / "disk", "192k") as disk:
        full = desk.run("people.jsonl", "--state", f"{disk}/s.db", "--no-download")
        for path in disk.iterdir():
            (desk.folder / "state" / path.name).write_bytes(path.read_bytes())
    ended = desk.run("people.jsonl", "--state", "state/s.db", "--settle", "1", "--no-download")

    assert full.code == 3, full.said
    assert "full" in full.err
    assert ended.code == 0, ended.err
    assert len(serving.world.ledger()["jobs"]) == 150


def test_results_on_a_full_disk_are_a_sentence(desk, heygen):
    heygen()
    desk.videos(100)
    with small_disk(desk.folder / "disk", "8k") as disk:
        full = desk.run("people.jsonl", "--results", f"{disk}/r.csv")
        left = [path.name for path in disk.iterdir()]
        whole = (disk / "r.csv").read_text().count("\n") if left else 101

    assert full.code == 3
    assert "disk is full" in full.err
    assert left in ([], ["r.csv"]), "no draft stays behind"
    assert whole == 101, "an older file stays whole"


def test_a_name_that_is_no_text_is_shown_and_refused(desk, heygen):
    serving = heygen()
    name = os.fsdecode(b"caf\xe9.csv")
    try:
        desk.write(name, "title,avatar_id,voice_id,script\nA,Daisy,v1,Hi.\n")
    except OSError:
        pytest.skip("this system has no such names")

    ended = desk.batchgen("run", name)

    assert ended.code == 2
    assert "caf\N{REPLACEMENT CHARACTER}.csv: this name is not in UTF-8" in ended.err
    assert nothing_sent(serving)


def test_a_state_that_is_no_database_is_left_alone(desk, heygen):
    serving = heygen()
    desk.videos(1)
    path = desk.write("state/batchgen.db", "my shopping list\n" * 100)

    ended = [desk.run("people.jsonl"), desk.batchgen("status"), desk.batchgen("plan", "people.jsonl")]

    assert [one.code for one in ended] == [3, 3, 3]
    assert all("not a batchgen state file" in one.err for one in ended)
    assert path.read_text().startswith("my shopping list")
    assert nothing_sent(serving)


def test_a_state_that_is_moved_away_in_mid_run_stops_what_is_sent_and_the_results_know_all_ids(desk, heygen):
    serving = heygen(options={"concurrency": 4, "render": (0.3, 0.6)})
    desk.videos(16)
    process = desk.start("run", "people.jsonl", "--state", "state/s.db", *QUICK)
    desk.until(lambda: len(serving.world.ledger()["jobs"]) >= 4, process)
    (desk.folder / "state").rename(desk.folder / "elsewhere")
    stopped = desk.end(process)
    accepted = {job["id"] for job in serving.world.ledger()["jobs"]}
    told = {row["video_id"] for row in desk.results("people_results.csv")} - {""}
    (desk.folder / "elsewhere").rename(desk.folder / "state")
    ended = desk.run("people.jsonl", "--state", "state/s.db")

    assert stopped.code == 3, stopped.said
    assert "the state file is not there any more" in stopped.err
    assert len(accepted) < 16
    assert told == accepted
    assert ended.code == 0, ended.err
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_a_state_is_made_in_folders_that_are_not_there_yet(desk, heygen):
    heygen()
    desk.videos(1)

    assert desk.run("people.jsonl", "--state", "a/b/c.db").code == 0
    assert (desk.folder / "a/b/c.db").is_file()


def test_reading_commands_make_no_state(desk):
    desk.videos(1)

    ended = [desk.batchgen("status"), desk.batchgen("report"), desk.batchgen("plan", "people.jsonl")]

    assert [one.code for one in ended] == [2, 2, 0]
    assert not (desk.folder / "state").exists()


def test_a_damaged_state_says_how_to_go_on_without_paying_anew_and_that_way_leads_there(desk, heygen):
    serving = heygen()
    desk.videos(3)
    desk.run("people.jsonl", "--limit", "2")
    state = desk.folder / "state" / "batchgen.db"
    state.write_bytes(state.read_bytes()[: 5 * 4096 + 100])

    refused = desk.run("people.jsonl")
    for left in state.parent.glob("batchgen.db*"):
        left.unlink()
    desk.batchgen("adopt", "people_results.csv", HEYGEN_API_BASE=desk.env["HEYGEN_API_BASE"])
    ended = desk.run("people.jsonl")

    assert refused.code == 3
    assert "backup" in refused.err
    assert "`batchgen adopt`" in refused.err
    assert ended.code == 0
    assert serving.world.ledger()["accepted"] == 3


def test_files_cannot_grow_beyond_a_limit_of_the_system(desk, heygen):
    serving = heygen(options={"film_bytes": 400_000})
    desk.videos(2)
    code = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000));"
        "sys.argv[0] = 'batchgen'; runpy.run_module('batchgen', run_name='__main__')"
    )
    limited = [sys.executable, "-c", code, "run", "people.jsonl", *QUICK, "--json"]
    process = subprocess.Popen(
        limited, cwd=desk.folder, env=desk.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    desk.running.append(process)

    stopped = desk.end(process)
    ended = desk.run("people.jsonl")

    assert stopped.code == 3, stopped.said
    assert ended.code == 0, ended.err
    check_books(desk, serving.world.ledger(), desk.results("people_results.csv"))


def test_a_shell_that_reads_no_utf_8_is_told_of_and_not_a_name_that_is_in_it(desk):
    (desk.folder / "vidéos.csv").write_text("title,output_language,url\n")
    bare = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "batchgen", "check", "vidéos.csv"]

    refused, done = (
        subprocess.run(command, cwd=desk.folder, env=desk.env | bare | mode, capture_output=True, check=False)
        for mode in ({"PYTHONUTF8": "0"}, {"PYTHONUTF8": "1"})
    )

    assert (refused.returncode, done.returncode) == (2, 0)
    assert "os.csv: names are read as ascii in this shell" in refused.stderr.decode()
    assert "Set PYTHONUTF8=1" in refused.stderr.decode()


def _with_files(soft, hard):
    code = (
        f"import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}));"
        "sys.argv[0] = 'batchgen'; runpy.run_module('batchgen', run_name='__main__')"
    )
    return [sys.executable, "-c", code, "run", "people.jsonl", *QUICK, "--json"]


@pytest.mark.parametrize("most", [12, 16, 32])
def test_too_few_files_to_open_are_told_before_anything_is_begun(desk, heygen, most):
    serving = heygen()
    desk.videos(2)

    refused = subprocess.run(
        _with_files(most, most), cwd=desk.folder, env=desk.env, capture_output=True, text=True, check=False
    )

    assert refused.returncode == 3
    assert refused.stderr.count("\n") == 1, refused.stderr
    assert f"batchgen: {most} files and connections at once are too few" in refused.stderr
    assert "ulimit -n 4096" in refused.stderr
    assert not any(serving.world.ledger()["requests"].values())
    assert not (desk.folder / "state").exists()


def test_a_command_takes_the_files_that_it_may_have(desk, heygen):
    heygen()
    desk.videos(2)

    done = subprocess.run(_with_files(14, 256), cwd=desk.folder, env=desk.env, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr


def test_a_log_file_on_a_full_disk_changes_nothing_of_the_exit_code(desk, heygen):
    heygen()
    desk.videos(12)
    with small_disk(desk.folder / "disk", "4k") as disk:
        ended = desk.run("people.jsonl", "--log-file", f"{disk}/log.jsonl")

    assert ended.code == 0, ended.err
    assert "the log cannot be written any more" in ended.err
