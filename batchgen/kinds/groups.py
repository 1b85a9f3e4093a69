"""Groups of settings that v3's reference spells out: which keys each has, and what stands under them.

A key that is misspelt would be left out by HeyGen without a word and the video paid for without it, so it is a fault.
An id, which may be all digits, stays text.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from batchgen.kinds.columns import Wrong, choice, settings, shown, text, word, yes_no
from batchgen.kinds.media import typed
from batchgen.kinds.shapes import GROUP, shaped
from batchgen.model.media import KEY
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from batchgen.kinds.shapes import Parser


def grouped(needed: str | None, /, **keys: Parser) -> Parser:
    """Take a group with these keys and no others; ``needed`` has to be among them."""

    def parse(value: Any) -> dict[str, Any]:
        given = {key: one for key, one in _group(value).items() if one not in ("", None)}
        for key in given:
            if key not in keys:
                raise _stranger(key, list(keys))
        if needed is not None and needed not in given:
            raise Wrong(f'The group lacks "{needed}".', "Write it there.")
        return {key: _under(key, keys[key], one) for key, one in given.items()}

    return shaped(parse, GROUP)


def _group(value: Any) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise Wrong(f"{shown(value)} is one value where a group of values belongs.", "Write it as keys and values.")


def _stranger(key: str, known: list[str]) -> Wrong:
    near = nearest(key, known, likeness=0.6)
    return Wrong(
        f'"{key}" means nothing in this group.', f'Did you mean "{near}"?' if near else f"Its keys: {', '.join(known)}."
    )


def _under(key: str, parse: Parser, value: Any) -> Any:
    try:
        return parse(value)
    except Wrong as wrong:
        raise Wrong(f"{key}: {wrong.problem}", wrong.remedy) from None


def _figure(value: Any) -> int | float:
    """Take a number, whole or not as it is written."""
    found = settings({"": value})[""]
    if isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found):
        return found
    raise Wrong(f"{shown(value)} is not a number.", "Write a number, such as 0.5.")


def _words(value: Any) -> list[str]:
    return [word(one) for one in (value if isinstance(value, list) else [value])]


_LOOK = typed("image")


def _picture(value: Any) -> dict[str, Any]:
    """Take a picture by its link, as an asset, or with its bytes beside it as v3's reference allows."""
    if isinstance(value, Mapping) and value.get("data"):
        return dict(_BYTES(value))
    found = _LOOK(value)
    if KEY in found:
        raise Wrong("A file of this machine is not taken here.", "Write an https link, or asset:ID.")
    return dict(found)


_BYTES = grouped("media_type", type=choice("base64"), media_type=word, data=text)

ENGINE = grouped("type", type=choice("avatar_iii", "avatar_iv", "avatar_v"), reference_look_id=word)
ENGINE_SETTINGS = grouped(
    "engine_type",
    engine_type=choice("elevenlabs", "fish", "starfish"),
    model=word,
    stability=_figure,
    similarity_boost=_figure,
    similarity=_figure,
    style=_figure,
    use_speaker_boost=yes_no,
)
WATERMARK = grouped(
    "image",
    image=_picture,
    opacity=_figure,
    scale=_figure,
    placement=grouped(
        None,
        position=choice("top_left", "top_right", "bottom_left", "bottom_right"),
        offset_x=_figure,
        offset_y=_figure,
    ),
)
SUBTITLES = grouped(
    "preset_name",
    preset_name=word,
    alignment=_figure,
    disable_highlight=yes_no,
    font_size=_figure,
    position=grouped(None, x=_figure, y=_figure),
)
STOCK_VOICE = grouped(None, use_stock_voice=yes_no, preferred_stock_voice_ids=_words)

#: What is no name of a preset, but an answer to whether there should be subtitles.
_ANSWERS = frozenset({"yes", "no", "true", "false", "on", "off", "y", "n", "x", "1", "0"})


def subtitles(value: Any) -> dict[str, Any]:
    """Take the name of a preset, or the whole group of settings."""
    if isinstance(value, bool) or (isinstance(value, str) and value.strip().lower() in _ANSWERS):
        remedy = "Write the name of one, or leave it empty; `caption: yes` asks for captions."
        raise Wrong(f"{shown(value)} is no name of a preset.", remedy)
    if isinstance(value, str) and value.lstrip().startswith("{"):
        raise Wrong("A cell holds no group of settings.", "Write the name of a preset; a group belongs into YAML.")
    return {"preset_name": word(value)} if isinstance(value, str) else dict(SUBTITLES(value))
