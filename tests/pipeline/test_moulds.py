"""Rows that differ in their free texts alone are understood once. Whatever they hold, nothing else comes of it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchgen.assembly.planning import planner_for
from batchgen.model.row import Row, Sheaf
from batchgen.pipeline.planning.mould import Moulds

if TYPE_CHECKING:
    from batchgen.model.errors import Fault
    from batchgen.pipeline.planning.expand import Expander
    from batchgen.store.interface import Entry

TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", " ", " x ", "%s", "100%", '"', "\\", "\ue0000\ue001", "é\u2028", "\ud800", "{{ a }}", "null"]),
)
LINKS = st.one_of(
    st.sampled_from(
        [
            "https://e.com/a.mp4", " https://e.com/b c.mp4", "http://e.com/a", "asset:abc", "asset: a b", "./a.mp4",
            "a.mp4", "https://e.com/\ue0000\ue001", "https://", "HTTPS://e.com/%s", "www.e.com/a", "http://localhost/a",
        ]
    ),
    st.text(max_size=12).map("https://e.com/".__add__),
)  # fmt: skip
LENGTHS = st.sampled_from(["95", "1:35", "4321.25", "long", "-1", "0"])
COMMON: dict[str, Any] = {
    "title": TEXTS, "id": TEXTS, "folder_id": TEXTS, "callback_id": TEXTS, "callback_url": LINKS, "duration": LENGTHS,
    "output": st.sampled_from(["", "clips/a", "../a"]),
}  # fmt: skip
FIELDS: dict[str, dict[str, Any]] = {
    "translation": {
        "url": LINKS, "output_languages": st.sampled_from(["French", "French;Italian", "French|French", "Klingon"]),
        "input_language": TEXTS, "brand_voice_id": TEXTS, "mode": st.sampled_from(["speed", "quality", "slow"]),
        "end_time": st.sampled_from(["10", "0"]),
    },
    "template": {
        "template_id": TEXTS, "var.name": TEXTS, "var.": TEXTS, "caption": st.sampled_from(["yes", "no", "?"]),
        "fps": st.sampled_from(["25", "26"]), "test": st.sampled_from(["yes", "no"]),
    },
    "video": {
        "avatar_id": TEXTS, "talking_photo_id": TEXTS, "image_url": LINKS, "script": TEXTS | st.just("x" * 5001),
        "voice_id": TEXTS, "audio_url": LINKS, "background_image": LINKS, "background_color": st.just("#fff"),
        "fit": st.sampled_from(["cover", "none"]), "scale": st.sampled_from(["1", "9"]),
    },
}  # fmt: skip

NEEDED = {"translation": ["url", "output_languages"], "template": ["template_id"], "video": ["avatar_id", "script"]}
#: What goes together.
BESIDE = {
    "translation": ["input_language", "brand_voice_id", "mode", "end_time"], "template": ["var.name", "caption", "fps"],
    "video": ["voice_id", "background_color", "scale"],
}  # fmt: skip
#: What nothing is wrong with; any text will do for all others.
SOUND = {
    "url": "https://e.com/a.mp4", "output_languages": "French;Italian", "mode": "speed", "end_time": "10", "duration": "95",
    "caption": "yes", "fps": "25", "test": "no", "background_color": "#fff", "fit": "cover", "scale": "1", "output": "",
    **dict.fromkeys(("callback_url", "image_url", "audio_url", "background_image"), "https://e.com/b"),
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A manifest of rows. See manifest.interface.Manifest."""

    found: list[Any]
    path: Path = Path("/sheets/a.csv")
    name: str = "a.csv"
    api: str | None = None

    def sheaves(self) -> list[Any]:
        return self.found


@st.composite
def sheets(draw: Any) -> list[Row]:
    """Draw rows of one kind that fill the same fields or a few others, many of them alike."""
    kind = draw(st.sampled_from(sorted(FIELDS)))
    fields = FIELDS[kind] | COMMON
    names = draw(st.lists(st.sampled_from(sorted(fields)), unique=True, min_size=1, max_size=6))
    filled = list(dict.fromkeys([*NEEDED[kind], *names]))
    given = draw(st.lists(st.fixed_dictionaries({name: fields[name] for name in filled}), min_size=2, max_size=8))
    return [
        Row(file="a.csv", number=n, cells=(str(n),), kind=kind, fields={name: one[name] for name in one if one[name].strip()})
        for n, one in enumerate([*given, *given[::-1]], 2)
    ]  # fmt: skip


@st.composite
def sheaves(draw: Any) -> Sheaf:
    """Draw rows of one kind that stand below each other, most of them alike."""
    kind = draw(st.sampled_from(sorted(FIELDS)))
    fields = FIELDS[kind] | COMMON
    names = [*NEEDED[kind], *draw(st.lists(st.sampled_from([*BESIDE[kind], *COMMON]), unique=True, max_size=6))]
    sound = {name: SOUND.get(name, f"Some {name}") for name in names}
    odd = st.sampled_from(names).flatmap(lambda name: st.fixed_dictionaries({name: fields[name] | st.just(" ")}))
    rows = [sound, sound, sound, *(sound | one for one in draw(st.lists(odd, max_size=3)))]
    order = draw(st.lists(st.sampled_from(rows), min_size=20, max_size=80))
    numbers = tuple(range(2, 2 + len(order)))
    texts = {name: tuple(row[name] for row in order) for name in names}
    return Sheaf("a.csv", numbers, tuple((str(n),) for n in numbers), kind, texts)


def planned(rows: list[Any], api: str, *, pour: bool) -> tuple[list[Any], list[Fault]]:
    expander = planner_for(realm="sandbox", api=api).expander()
    with nullcontext() if pour else patch.object(Moulds, "learn"):
        return entries_of(expander, rows), list(expander.faults)


def entries_of(expander: Expander, rows: list[Any]) -> list[Entry]:
    return list(chain.from_iterable(expander.entries(Sheet(rows), Path("/videos"))))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(rows=sheets(), api=st.sampled_from(["v2", "v3"]))
def test_a_row_that_is_poured_comes_to_what_planning_it_comes_to(rows, api):
    in_full = planned(rows, api, pour=False)

    poured = planned(rows, api, pour=True)

    assert poured == in_full


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(sheaf=sheaves(), api=st.sampled_from(["v2", "v3"]))
def test_rows_that_are_poured_column_by_column_come_to_what_planning_them_comes_to(sheaf, api):
    in_full = planned(list(sheaf.rows()), api, pour=False)

    poured = planned([sheaf], api, pour=True)

    assert poured == in_full


def test_rows_of_one_form_are_understood_once(monkeypatch):
    planner, asked = planner_for(realm="sandbox", api="v3"), []
    plan = type(planner.kinds["translation"]).plan
    monkeypatch.setattr(
        type(planner.kinds["translation"]), "plan", lambda self, row: asked.append(row.number) or plan(self, row)
    )
    rows = [
        Row(file="a.csv", number=n, cells=(), kind="translation",
            fields={"title": f"Film {n}", "url": f"https://e.com/{n}.mp4", "output_language": "French"})
        for n in range(2, 100)
    ]  # fmt: skip

    entries = entries_of(planner.expander(), rows)

    assert asked == [2, 3, 3]
    assert len({entry.job_id for entry in entries}) == len({entry.file for entry in entries}) == 98


def test_a_list_or_a_number_is_never_poured():
    expander = planner_for(realm="sandbox", api="v3").expander()
    fields = {"url": "https://e.com/a.mp4", "output_language": "French"}
    rows = [
        Row(file="a.jsonl", number=n, cells=(), kind="translation", fields={**fields, "speaker_num": said})
        for n, said in enumerate(["1", "1", "1", 1, True, "1", [1]], 2)
    ]

    entries = entries_of(expander, rows)

    assert [entry.row for entry in entries] == [2, 3, 4, 5, 7]
    assert [str(fault.row) for fault in expander.faults] == ["6", "8"]
