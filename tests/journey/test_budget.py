"""A budget: what it has room for is bought by one run, and what is said when it is used up is so."""

import pytest

TEMPLATES = "template_id,var.first_name\n" + "".join(f"welcome,Name {n}\n" for n in range(6))

#: How many videos the budget has room for at once, each taken for as long as it may be.
ROOM = {"template": 2.2, "translation": 1.2}


@pytest.mark.parametrize("api", ["v3", "v2"])
@pytest.mark.parametrize("kind", ["template", "translation"])
def test_one_run_spends_all_that_its_budget_has_room_for(desk, heygen, api, kind):
    serving = heygen()
    (desk.folder / "sheet.csv").write_text(TEMPLATES)
    if kind == "translation":
        desk.translations(6, "sheet.csv")
    nothing = desk.batchgen("run", "sheet.csv", "--api", api, "--max-credits", "0.01")
    most = float(nothing.out.split("may cost ")[1].split()[0])
    budget = ROOM[kind] * most

    first = desk.run("sheet.csv", "--api", api, "--max-credits", str(budget))
    made = len(serving.world.ledger()["jobs"])
    second = desk.run("sheet.csv", "--api", api, "--max-credits", str(budget))

    assert (first.code, second.code) == (5, 5), first.err
    assert 0 < made < 6
    assert first.summary["credits"] <= budget < first.summary["credits"] + most
    assert len(serving.world.ledger()["jobs"]) == made
    assert first.summary["stopped"] == second.summary["stopped"]
