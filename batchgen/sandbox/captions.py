"""Captions of a film: what it shows, a line at a time, from its first second to its last."""

from textwrap import wrap

from batchgen.sandbox.film_spec import FilmSpec

_LETTERS = 42  # of a caption: what fits under a picture


def cues(film: FilmSpec) -> list[tuple[float, float, str]]:
    """Give start, end and text of each caption; a longer text stays longer."""
    texts = [line for said in film.lines for line in wrap(said, _LETTERS)]
    whole = sum(map(len, texts)) or 1
    ends = [sum(map(len, texts[: n + 1])) / whole * film.seconds for n in range(len(texts))]
    return list(zip([0.0, *ends], ends, texts, strict=False))


def write(film: FilmSpec, ending: str) -> str:
    """Write a film's captions as `srt`, `vtt` or `ass`."""
    told = cues(film)
    if ending == "vtt":
        return "WEBVTT\n\n" + "\n".join(f"{_time(a, '.')} --> {_time(b, '.')}\n{text}\n" for a, b, text in told)
    if ending == "ass":
        lines = [
            f"Dialogue: 0,{_time(a, '.')[1:-1]},{_time(b, '.')[1:-1]},Default,,0,0,0,,{text}" for a, b, text in told
        ]
        return "\n".join((*_ASS, *lines)) + "\n"
    return "\n".join(f"{n}\n{_time(a, ',')} --> {_time(b, ',')}\n{text}\n" for n, (a, b, text) in enumerate(told, 1))


_ASS = (
    "[Script Info]",
    "ScriptType: v4.00+",
    "",
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, Alignment",
    "Style: Default,Arial,48,&H00FFFFFF,2",
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
)


def _time(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"
