"""Price lists: those that come with batchgen, and what settings put in their place.

[prices]                      or   prices = "my-prices.toml", a file like batchgen's own
plan = "enterprise"                the plan that the account has
[prices.v3.enterprise]
avatar = 0.08                      a number, or [low, high]
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchgen import settings
from batchgen.model.errors import ConfigError
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchgen.pipeline.money.cost import PriceList, Prices, Range
    from batchgen.pipeline.money.speech import Speech

_HERE = Path(__file__).parents[1]
_SECONDS = {"second": 1.0, "minute": 60.0}
_APIS = ("v3", "v2")
_UNITS = ("credits", "usd")
_SAID = ("unit", "per", "source", "step_s", "at_once")


def read_prices() -> Prices:
    """Read what HeyGen charges, as far as it is known. Raises ``ConfigError`` where settings of it are wrong."""
    from batchgen.model.naming import digest  # noqa: PLC0415 - for those who reckon
    from batchgen.pipeline.money.cost import Prices  # noqa: PLC0415

    known = settings.read_toml_file(_HERE / "prices.toml")
    place, given = _given()
    table = _laid_over(known, given, place)
    speech = _speech()
    lists = [
        _list((place, api, plan), found, budget=table["budget"], speech=speech)
        for api in _APIS
        for plan, found in table[api].items()
    ]
    plan = table.get("plan")
    names = {one.plan for one in lists}
    if plan is not None and plan not in names:
        raise ConfigError(f'{place}, plan: there is no plan "{plan}". {_hint(str(plan), names)}')
    return Prices(lists=tuple(lists), plan=plan, date=str(table["date"]), digest=digest(table))


def _given() -> tuple[str, Mapping[str, Any]]:
    """Give what settings say of prices, and the place where they say it."""
    found = settings.read_setting("prices")
    if found is None:
        return "prices.toml", {}
    if isinstance(found, dict):
        return f"{settings.TOML}, prices", found
    if not isinstance(found, str):
        raise ConfigError(f'{settings.TOML}: "prices" is a table, or the name of a file such as "my-prices.toml".')
    path = Path(found)
    if not path.is_file():
        raise ConfigError(f"{settings.TOML}: prices names {found}, and there is no such file.")
    return found, settings.read_toml_file(path)


def _laid_over(known: Mapping[str, Any], given: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Put what is given in the place of what is known, one value at a time."""
    table = {name: dict(value) if isinstance(value, dict) else value for name, value in known.items()}
    _refuse_strangers(place, given, ["plan", "date", "budget", *_APIS])
    for name, value in given.items():
        if name not in {"budget", *_APIS}:
            table[name] = str(value)  # A date may stand there without quotes, as TOML has it.
        elif not isinstance(value, dict):
            raise ConfigError(f"{place}: {name} is a table. {_example(name)}")
        elif name == "budget":
            _refuse_strangers(f"{place}.budget", value, known["budget"])
            table["budget"] |= value
        else:
            for plan, one in value.items():
                if not isinstance(one, dict):
                    raise ConfigError(f"{place}.{name}: {plan} is a table. {_example(name)}")
                table[name][plan] = {**known[name].get(plan, {}), **one}
    return table


def _list(
    at: tuple[str, str, str], table: Mapping[str, Any], *, budget: Mapping[str, Any], speech: Speech
) -> PriceList:
    """Read one list; ``at`` is where it stands: the file, the generation and the plan."""
    from batchgen.pipeline.money.cost import FLAT, RATES, UNTOLD, PriceList, Range  # noqa: PLC0415 - see above

    place, api, plan = at
    where = ".".join(at)
    _refuse_strangers(where, table, [*_SAID, *RATES, *UNTOLD, *FLAT])
    missing = [name for name in ("unit", "per", "step_s", *RATES) if name not in table]
    if missing:
        raise ConfigError(f"{where}: a list of its own says every price, and {', '.join(missing)} is missing.")
    if table["unit"] not in _UNITS or table["per"] not in _SECONDS:
        raise ConfigError(f'{where}: "unit" is credits or usd, and "per" is second or minute.')
    per = _SECONDS[table["per"]]
    told = [*RATES, *(name for name in (*UNTOLD, *FLAT) if name in table)]
    rates = {name: _range(f"{where}.{name}", table[name]) for name in told}
    step = _range(f"{where}.step_s", table["step_s"])
    if step.low <= 0:
        raise ConfigError(f"{where}.step_s: a step is longer than nothing. Write the seconds, such as 30.")
    return PriceList(
        api=api,
        plan=plan,
        unit=table["unit"],
        rates={name: one if name in FLAT else Range(one.low / per, one.high / per) for name, one in rates.items()},
        step_s=step,
        speech=speech,
        unknown_s=_range(f"{place}.budget.unknown_s", budget["unknown_s"]).high,
        silent_s=_range(f"{place}.budget.silent_s", budget["silent_s"]).high,
        at_once=_whole(f"{where}.at_once", table.get("at_once", 1)),
        source=str(table.get("source", "")),
    )


def _range(where: str, value: Any) -> Range:
    from batchgen.pipeline.money.cost import Range  # noqa: PLC0415 - see above

    pair = value if isinstance(value, list) else [value, value]
    if len(pair) != 2 or not all(_is_amount(one) for one in pair) or pair[0] > pair[1]:
        raise ConfigError(f"{where}: {value!r} is no price. Write a number, or two of them: [lowest, highest].")
    return Range(float(pair[0]), float(pair[1]))


def _whole(where: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigError(f"{where}: {value!r} is no number of jobs. Write a whole number, such as 10.")
    return value


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _refuse_strangers(where: str, given: Iterable[str], known: Iterable[str]) -> None:
    for name in given:
        if name not in set(known):
            raise ConfigError(f'{where}: "{name}" means nothing here. {_hint(name, known)}')


def _hint(name: str, known: Iterable[str]) -> str:
    names = sorted(set(known))
    near = nearest(name, names, likeness=0.6)
    return f'Did you mean "{near}"?' if near else f"Known: {', '.join(names)}."


def _example(name: str) -> str:
    return "Write [prices.budget]." if name == "budget" else f"Write [prices.{name}.PLAN] above its prices."


@lru_cache(maxsize=1)
def _speech() -> Speech:
    from batchgen.pipeline.money.speech import Speech  # noqa: PLC0415 - see above

    table = settings.read_toml_file(_HERE / "speech.toml")
    paces = {name: {key: (low, high) for key, (low, high) in table[name].items()} for name in table}
    return Speech(words=paces["words_a_minute"], letters=paces["letters_a_minute"])
