"""What a library of films of this machine will cost is known before anything is sent."""

import json

from batchgen.sandbox.encode import make
from batchgen.sandbox.film_spec import FilmSpec


def film(path, seconds):
    path.write_bytes(make(FilmSpec(headline="A film", width=128, height=128, seconds=seconds)))


def test_films_of_this_machine_are_measured_for_a_plan(batchgen, tmp_path):
    for name, seconds in {"one": 30.0, "two": 61.0}.items():
        film(tmp_path / f"{name}.mp4", seconds)
    (tmp_path / "library.csv").write_text(
        "file,output_languages,duration\none.mp4,German;French (France),\ntwo.mp4,German,\ntwo.mp4,French (France),95\n"
    )

    told = json.loads(batchgen("plan", "library.csv", "--json").out)

    assert (told["credits"]["known"], told["credits"]["unknown"]) == (4, 0)
    assert told["credits"]["low"] == 3.0 * (30 + 30 + 61 + 95) / 60  # Three credits a minute, by the price list.
