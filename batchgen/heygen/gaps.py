"""Names what a generation of the API cannot say, with the way out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from batchgen.heygen.interface import Unsayable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from batchgen.model.content import Scene, VideoContent
    from batchgen.model.job import Draft

#: Labels that a session does not take. Its title names its file.
OF_NO_SESSION = ("folder_id", "callback_id", "callback_url")


def needs(api: str, field: str, what: str) -> Unsayable:
    """Say that a thing (``a silent character``) is known to the other generation only."""
    other = "v3" if api == "v2" else "v2"
    return Unsayable(field=field, problem=f"{other} has no word for this.", remedy=f"{what} needs `api: {api}`.")


def strangers(extra: Mapping[str, Any], known: Iterable[str], *, api: str, of: str) -> Iterator[Unsayable]:
    """Name the extra fields that this generation does not know."""
    for name in extra:
        if name not in known:
            problem = f"{of} cannot hold this field in {api}."
            yield Unsayable(field=name, problem=problem, remedy=_way_out(api))


def unlabelled(draft: Draft, *names: str, api: str, of: str) -> Iterator[Unsayable]:
    """Name the labels that a kind does not take."""
    for name in names:
        if name in draft.delivery:
            yield Unsayable(field=name, problem=f"{of} takes none in {api}.", remedy="Leave it out.")


def each_scene(content: VideoContent, rule: Callable[[Scene], Iterable[Unsayable]]) -> Iterator[Unsayable]:
    """Apply a rule to every scene. Where there are several, the field says which one is meant."""
    scenes = content["scenes"]
    for place, scene in enumerate(scenes, start=1):
        for found in rule(scene):
            if len(scenes) == 1:
                yield found
            else:
                yield replace(found, field=f"scenes[{place}].{found.field}")


def _way_out(api: str) -> str:
    return "Leave it out, or use `api: v3`." if api == "v2" else "Leave it out."
