"""What an assistant can do, and what it cannot."""

from __future__ import annotations

import asyncio

import pytest
from mcp.shared.exceptions import McpError
from mcp.types import CancelledNotification, CancelledNotificationParams, ClientNotification

from batchgen.assembly.state import locked
from batchgen.mcp.office import Office
from batchgen.mcp.place import Place
from tests.mcp.conftest import KEY, connected


async def test_a_batch_is_checked_planned_run_with_progress_and_read(heygen, tmp_path):
    world = heygen()
    async with connected() as assistant:
        checked = await assistant.call("check_manifest", manifests="people.csv")
        plan = await assistant.call("plan_batch", manifests=["people.csv"], online=True)
        assert world.counts["create"] == 0
        assistant.heard.clear()
        run = await assistant.call("run_batch", manifests=["people.csv"], max_credits=20)
        results = await assistant.call("read_results", manifests="people.csv", select="row:3")
        life = await assistant.call("explain_row", row="people.csv:3")
        status = await assistant.call("batch_status")

    assert (checked["faults"], checked["videos"]) == ([], 3)
    assert (plan["send"], plan["balance"], plan["faults"]) == (3, {"remaining": 1000.0, "unit": "credits"}, [])
    assert plan["cost"][0]["high"] == 9.0
    assert (run["running"], run["done"], run["exit_code"], run["sent_twice"]) == (False, 3, 0, 0)
    ways = [way for way, _, _ in assistant.heard]
    assert ways == sorted(set(ways))
    assert (3.0, 3.0, "3 done") in assistant.heard
    assert [line["title"] for line in results["lines"]] == ["B"]
    assert (tmp_path / results["lines"][0]["file"]).is_file()
    assert [step["what"] for step in life["rows"][0]["life"]][:2] == ["sent", "accepted"]
    assert [(one["manifest"], one["done"]) for one in status["manifests"]] == [("people.csv", 3)]


async def test_a_plan_and_a_run_tell_what_is_odd_in_a_sheet_as_the_command_does(heygen, tmp_path):
    heygen()
    (tmp_path / "people.csv").write_text("title,avatar_id,voice_id,script\nA,Daisy,v1,A cafÃ©.\n", encoding="utf-8")
    async with connected() as assistant:
        offline = await assistant.call("plan_batch", manifests="people.csv")
        online = await assistant.call("plan_batch", manifests="people.csv", online=True)
        run = await assistant.call("run_batch", manifests="people.csv", max_credits=20)
        followed = await assistant.call("follow_run")

    for plan in (offline, online, run, followed):
        [warning] = plan["warnings"]
        assert warning.startswith('people.csv, row 2, column "script": "A cafÃ©." looks like text that was saved')
    assert offline["notes"] == []


@pytest.mark.parametrize("row", [3, "3", "people.csv:3"])
async def test_a_row_is_named_by_its_number_or_its_words(heygen, row):
    heygen()
    async with connected() as assistant:
        await assistant.call("run_batch", manifests="people.csv", max_credits=20)
        told = await assistant.call("explain_row", row=row)

    assert [one["row"] for one in told["rows"]] == [3]


async def test_without_a_budget_nothing_is_spent(heygen):
    world = heygen()
    batch, video = {"manifests": "people.csv"}, {"script": "Hi.", "voice_id": "v", "avatar_id": "a"}
    budgets = ({}, {"max_credits": None}, {"max_credits": True}, {"max_credits": "9"}, {"max_credits": -1})
    async with connected() as assistant:
        said = [
            await assistant.wrong(tool, **given, **budget)
            for tool, given in (("run_batch", batch), ("retry_failed", batch), ("make_video", video))
            for budget in budgets
        ]

    assert [one for one in said if not one.startswith("max_credits")] == []
    assert world.counts["create"] == 0


async def test_a_budget_of_nothing_spends_nothing(heygen):
    world = heygen()
    async with connected() as assistant:
        run = await assistant.call("run_batch", manifests="people.csv", max_credits=0)

    assert (run["done"], run["planned"], run["exit_code"]) == (0, 3, 5)
    assert world.counts["create"] == 0


async def test_a_budget_holds_what_earlier_calls_spent(heygen):
    world = heygen()
    async with connected() as assistant:
        for _ in range(3):
            run = await assistant.call("run_batch", manifests="people.csv", max_credits=3)

    assert run["planned"] > 0
    assert run["credits"] <= 3
    assert len(world.ledger()["jobs"]) == run["done"] < 3


async def test_a_generation_that_a_person_has_set_is_everybodys(heygen):
    heygen()
    async with connected(api="v2") as assistant:
        plan = await assistant.call("plan_batch", manifests="people.csv")
        other = await assistant.call("plan_batch", manifests="people.csv", api="v3")

    assert (plan["api"], other["api"]) == ("v2", "v3")


async def test_nobody_may_name_more_than_a_person_has_set(heygen):
    world = heygen()
    async with connected(ceiling=5.0) as assistant:
        said = await assistant.wrong("run_batch", manifests="people.csv", max_credits=20)

    assert "more than the 5" in said
    assert world.counts["create"] == 0


async def test_a_long_run_goes_on_while_others_ask_and_is_ended_in_order(heygen):
    world = heygen(render=(30.0, 30.0))
    async with connected() as assistant:
        run = await assistant.call("run_batch", manifests="people.csv", max_credits=20, wait_seconds=0)
        second = await assistant.wrong("run_batch", manifests="people.csv", max_credits=20)
        while (run := await assistant.call("follow_run", wait_seconds=0.1))["counts"].get("rendering") != 3:
            pass
        status = await assistant.call("batch_status")
        ended = await assistant.call("stop_run")
        again = await assistant.call("follow_run")

    assert run["running"]
    assert "A run is on already" in second
    assert status["manifests"][0]["rendering"] == 3
    assert ended == again
    assert (ended["running"], ended["rendering"], ended["stopped"]) == (False, 3, "Interrupted: nothing more is sent.")
    assert len(world.ledger()["jobs"]) == 3


async def give_up(session, calling):
    """Have the one call that is on given up, as a client says it that runs out of patience."""
    [number] = session._response_streams
    given_up = CancelledNotification(params=CancelledNotificationParams(requestId=number))
    await session.send_notification(ClientNotification(given_up))
    with pytest.raises(McpError):
        await calling


async def test_whoever_gives_up_the_call_ends_the_run(heygen):
    heygen(render=(30.0, 30.0))
    async with connected() as assistant:
        order = {"manifests": "people.csv", "max_credits": 9}
        calling = asyncio.create_task(assistant.session.call_tool("run_batch", order))
        while not (await assistant.call("batch_status"))["manifests"]:
            pass

        await give_up(assistant.session, calling)
        ended = await assistant.call("follow_run")

    assert ended["running"] is False
    assert ended["stopped"] == "Interrupted: nothing more is sent."


async def test_a_run_goes_on_where_another_assistant_gives_up_following_it(heygen):
    heygen(render=(30.0, 30.0))
    office = Office(Place(state="state/batchgen.db", poll_interval=0.05))
    async with connected(office) as first, connected(office) as second:
        await first.call("run_batch", manifests="people.csv", max_credits=9, wait_seconds=0)
        following = asyncio.create_task(second.call("follow_run", wait_seconds=60))
        while not second.heard:
            await first.call("batch_status")
        await give_up(second.session, following)
        run = await first.call("follow_run", wait_seconds=1)

    assert run["running"]
    assert run["next"].startswith("It goes on")


async def test_what_failed_is_tried_again_within_a_budget(heygen):
    world = heygen(faults={"failed": 1.0})
    async with connected() as assistant:
        first = await assistant.call("run_batch", manifests="people.csv", max_credits=20)
        tried = await assistant.call("retry_failed", manifests="people.csv", max_credits=20)

    assert first["failed"] == 3
    assert len(world.ledger()["jobs"]) == 6
    assert tried["sent_twice"] == 0


async def test_what_the_account_has_is_listed_in_pages(heygen):
    heygen()
    async with connected() as assistant:
        voices = await assistant.call("list_voices", language="Spanish", gender="female", page_size=3, page=2)
        avatars = await assistant.call("list_avatars", search="daisy")
        templates = await assistant.call("list_templates")
        languages = await assistant.call("list_languages", search="german")
        credits_left = await assistant.call("get_credits")
        shown = await assistant.call("show_template", template_id="welcome")

    assert (voices["matching"], voices["total"], len(voices["items"])) == (5, 269, 2)
    assert avatars["items"][0]["avatar_id"] == "Daisy-inskirt-20220818"
    assert {one["name"] for one in templates["items"]} >= {"Welcome", "Vertical story"}
    assert "German" in {one["output_language"] for one in languages["items"]}
    assert credits_left["v3"]["remaining"] == credits_left["v2"]["remaining"] == 1000
    assert [one["name"] for one in shown["variables"]] == ["first_name", "company"]


WRONG = [
    ("explain_row", {"row": "2"}, "there is no state file here"),
    ("read_results", {}, "there is no state file here"),
    ("follow_run", {}, "No run was begun here"),
    ("stop_run", {}, "No run was begun here"),
    ("run_batch", {"manifests": "nope.csv", "max_credits": 1}, 'Did you mean "people.csv"?'),
    ("run_batch", {"manifests": [], "max_credits": 1}, "Name a manifest"),
    ("run_batch", {"max_credits": 1}, "manifests is missing."),
    ("run_batch", {"manifests": "people.csv", "max_credits": 1, "selct": "row:2"}, "Did you mean select?"),
    (
        "run_batch",
        {"manifests": "people.csv", "max_credits": 1, "select": "rwo:2"},
        "neither batchgen nor the sheet",
    ),
    ("plan_batch", {"manifests": "people.csv", "duplicates": "maybe"}, "'error', 'share' or 'keep'"),
    ("list_avatars", {"gender": "female", "language": "Spanish"}, "language is no argument of list_avatars"),
    ("show_template", {"template_id": "missing-t"}, "The account has no template"),
    ("video_status", {"video": "missing-video"}, "neither this state nor the account"),
]


async def test_what_cannot_be_done_is_a_sentence(heygen):
    world = heygen()
    async with connected() as assistant:
        told = [(await assistant.wrong(tool, **given), said) for tool, given, said in WRONG]

    assert [one for one in told if one[1] not in one[0]] == []
    assert world.counts["create"] == 0


async def test_faults_of_a_manifest_are_told_by_row_and_column(heygen, tmp_path):
    heygen()
    (tmp_path / "films.csv").write_text("title,output_language,url\nA,Spannish,https://x.example/a.mp4\n")
    async with connected() as assistant:
        told = await assistant.wrong("run_batch", manifests="films.csv", max_credits=1)

    assert told.startswith('films.csv, row 2, column "output_language": "Spannish"')
    assert told.endswith("Nothing was sent.")


async def test_without_a_key_what_needs_none_works(heygen, monkeypatch):
    heygen()
    monkeypatch.delenv("HEYGEN_API_KEY")
    async with connected() as assistant:
        plan = await assistant.call("plan_batch", manifests="people.csv")
        told = await assistant.wrong("run_batch", manifests="people.csv", max_credits=9)

    assert plan["send"] == 3
    assert "HEYGEN_API_KEY is not set" in told


async def test_a_wrong_key_is_told_and_not_shown(heygen, monkeypatch):
    heygen()
    monkeypatch.setenv("HEYGEN_API_KEY", "bad" + KEY)
    async with connected() as assistant:
        told = await assistant.wrong("get_credits")

    assert "refused the credentials" in told
    assert KEY not in told


async def test_a_state_that_somebody_works_with_is_told(heygen):
    heygen()
    with locked("state/batchgen.db", command="batchgen run"):
        async with connected() as assistant:
            told = await assistant.wrong("run_batch", manifests="people.csv", max_credits=9)

    assert "batchgen run" in told


async def test_every_tool_says_what_it_does_and_whether_it_spends(heygen):
    heygen()
    async with connected() as assistant:
        tools = {one.name: one for one in (await assistant.session.list_tools()).tools}

    spending = {name for name, tool in tools.items() if "max_credits" in tool.inputSchema.get("required", ())}
    assert spending == {"run_batch", "retry_failed", "make_video"}
    assert {name for name, tool in tools.items() if not tool.annotations.readOnlyHint} == spending | {"stop_run"}
    assert [name for name, tool in tools.items() if len(tool.description or "") < 30] == []
    assert [name for name in spending if "Spends credits" not in tools[name].description] == []
