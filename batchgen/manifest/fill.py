"""Reads expressions and fills them in, by Jinja.

Templates run in a sandbox that can change nothing, and a name that is not there is an error instead of a gap in a
script that is going to be spoken. What a row comes to hangs on the row alone: a text that differed from one reading to
the next would be another video each time, and paid for each time.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import lru_cache, partial, wraps
from typing import TYPE_CHECKING, Any, NoReturn

import jinja2
import jinja2.meta
import jinja2.nodes
import jinja2.utils
from jinja2.sandbox import ImmutableSandboxedEnvironment

from batchgen.manifest.bounds import MOST, product, widest, width_by_percent, width_of_call
from batchgen.manifest.expressions import Expression, Unrenderable, is_expression
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class _UnknownName(jinja2.UndefinedError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class _Missing(jinja2.StrictUndefined):
    def _fail_with_undefined_error(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        if self._undefined_obj is jinja2.utils.missing or isinstance(self._undefined_obj, dict):
            raise _UnknownName(str(self._undefined_name))
        raise jinja2.UndefinedError(f'a text has nothing called "{self._undefined_name}"')

    # Every way of using a value that is not there ends in the same words.
    __iter__ = __str__ = __len__ = __eq__ = __ne__ = __bool__ = __hash__ = _fail_with_undefined_error
    __contains__ = __add__ = __radd__ = __call__ = __getitem__ = __getattr__ = _fail_with_undefined_error
    __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _fail_with_undefined_error
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = _fail_with_undefined_error
    __pos__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = __int__ = __float__ = _fail_with_undefined_error


class _NoText(jinja2.TemplateRuntimeError):
    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def _text(value: Any) -> Any:
    """Let through what a voice can speak as it stands, at each reading the same. Raises ``_NoText`` for all else."""
    if isinstance(value, str | int | float | jinja2.Undefined):
        return value
    if value is None:
        raise _NoText('It comes to nothing, and would read "None".', 'Say what else: | default("…", true).')
    if isinstance(value, list | tuple):
        raise _NoText("It comes to a list, and to no text.", 'Put it together: | join(", ").')
    if isinstance(value, dict):
        raise _NoText("It comes to a group of values, and to no text.", "Name one of them: {{ column.key }}.")
    if isinstance(value, Iterator):
        raise _NoText("It comes to values one by one, and to no text.", 'Put them together: | join(", ").')
    raise _NoText(
        f"It comes to no text, but to a piece of the program ({type(value).__name__}).",
        "Write () after the name of what is to be called, or the name of a column.",
    )


class _Bounded(ImmutableSandboxedEnvironment):
    """Makes nothing that would take all memory: the process would be killed, and nobody told why."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for name in ("center", "indent"):
            self.filters[name] = _padding(self.filters[name], lambda *values: widest(values))
        for name in ("int", "float"):
            self.filters[name] = _number(self.filters[name])
        self.filters["format"] = _padding(self.filters["format"], lambda text, *values: width_by_percent(text, values))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "%":
            _check_width(width_by_percent(left, right))
        elif product(operator, left, right) > MOST:
            # It tells no size, which would differ from row to row: one wrong expression is one fault.
            raise _NoText(f"It multiplies to more than {MOST:,} letters, items or digits.", "Multiply by less.")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, called: Any, *args: Any, **named: Any) -> Any:
        _check_width(width_of_call(called, (*args, *named.values())))
        return super().call(context, called, *args, **named)


def _number(work: Callable[..., Any]) -> Callable[..., Any]:
    """Give a filter that makes numbers, and no 0 of a text that is none: it would be spoken, and paid for."""
    nothing = object()

    @wraps(work)
    def strict(value: Any, *args: Any, **named: Any) -> Any:
        asked = args or "default" in named
        if not asked and str(value).strip() and work(value, default=nothing, **named) is nothing:
            shown, word = textwrap.shorten(str(value), 60, placeholder="…"), work.__name__.removeprefix("do_")
            raise _NoText(f'"{shown}" is no number.', f"Mend it, or say what else: | {word}(0).")
        return work(value, *args, **named)

    return strict


def _padding(work: Callable[..., Any], width: Callable[..., int]) -> Callable[..., Any]:
    """Give a filter that pads, and not too far."""

    @wraps(work)
    def bounded(*args: Any, **named: Any) -> Any:
        _check_width(width(*args, *named.values()))
        return work(*args, **named)

    return bounded


def _check_width(width: int) -> None:
    if width > MOST:
        raise _NoText(f"It pads to more than {MOST:,} letters.", "Pad to fewer.")


_ENVIRONMENT = _Bounded(
    undefined=_Missing,
    autoescape=False,  # What comes out is a script or a link, and no page.
    keep_trailing_newline=True,
    finalize=_text,
)
# The two words of Jinja that throw dice.
del _ENVIRONMENT.filters["random"], _ENVIRONMENT.globals["lipsum"]


def compile_all(value: Any, place: str) -> Any:
    """Turn every text with ``{{ }}`` in a value into an ``Expression``. Raises ``Unrenderable`` for a bad one."""
    if isinstance(value, dict):
        return {key: compile_all(one, f"{place}.{key}") for key, one in value.items()}
    if isinstance(value, list):
        return [compile_all(one, f"{place}[{number}]") for number, one in enumerate(value, start=1)]
    if isinstance(value, str) and is_expression(value):
        return read(value, place)
    return value


@lru_cache(maxsize=1024)
def read(text: str, place: str) -> Expression:
    """Compile a text that stands at a place of the manifest. Raises ``Unrenderable``."""
    try:
        tree = _ENVIRONMENT.parse(text)
        _forbid_dice(tree, place)
        names = jinja2.meta.find_undeclared_variables(tree)
        return Expression(frozenset(names), partial(_fill, _ENVIRONMENT.from_string(text), place), _bare(tree))
    except jinja2.TemplateError as error:
        problem = f"The expression cannot be read: {(error.message or str(error)).rstrip('.')}."
        raise Unrenderable(place, problem, _remedy(error)) from error
    except RecursionError:
        problem = "The expression cannot be read: it is nested too deeply."
        raise Unrenderable(place, problem, "Write it with fewer brackets.") from None


def _remedy(error: jinja2.TemplateError) -> str:
    if isinstance(error, jinja2.TemplateAssertionError):  # No such filter.
        name = str(error.message).split("'")[1:2]
        near = nearest(name[0], _ENVIRONMENT.filters) if name else None
        return f'Did you mean "{near}"?' if near else "Its words are those of Jinja."
    return 'Write a column "First Name" as {{ first_name }}, or as {{ row["First Name"] }}.'


def _bare(tree: jinja2.nodes.Template) -> frozenset[str]:
    parts = (part for one in tree.body if isinstance(one, jinja2.nodes.Output) for part in one.nodes)
    return frozenset(part.name for part in parts if isinstance(part, jinja2.nodes.Name))


def _forbid_dice(tree: jinja2.nodes.Template, place: str) -> None:
    if any(one.name == "random" for one in tree.find_all(jinja2.nodes.Filter)):
        raise Unrenderable(
            place,
            '"random" picks anew at each run, and what differs is another video, at its price.',
            "Write what is picked into a column of the sheet.",
        )


def _fill(template: jinja2.Template, place: str, context: Mapping[str, Any]) -> str:
    try:
        return template.render(context)
    except _UnknownName as error:
        names = [name for name in context if name != "row"]
        near = nearest(error.name, [*context.get("row", ()), *names], likeness=0.6)
        columns = ", ".join(names) or "none"
        raise Unrenderable(
            place,
            f'"{error.name}" is no column of this sheet.',
            f'Did you mean "{near}"?' if near else f"Its columns are: {columns}.",
        ) from None
    except _NoText as error:
        raise Unrenderable(place, error.problem, error.remedy) from None
    except Exception as error:  # Filters raise what they like, and it is this text that is at fault.
        problem = f"The expression fails: {str(error).rstrip('.') or type(error).__name__}."
        raise Unrenderable(place, problem, "Try it on this row by hand.") from error
