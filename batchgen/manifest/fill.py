"""Reads expressions and fills them in, by Jinja.

Templates run in a sandbox that can change nothing, and a name that is not there is an error instead of a gap in a
script that is going to be spoken.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NoReturn

import jinja2
import jinja2.meta
import jinja2.utils
from jinja2.sandbox import ImmutableSandboxedEnvironment

from batchgen.manifest.expressions import Expression, Unrenderable, is_expression
from batchgen.model.vocabulary import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping


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


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    undefined=_Missing,
    autoescape=False,  # What comes out is a script or a link, and no page.
    keep_trailing_newline=True,
)
_FAILURES = (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


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
        names = jinja2.meta.find_undeclared_variables(_ENVIRONMENT.parse(text))
        return Expression(frozenset(names), partial(_fill, _ENVIRONMENT.from_string(text), place))
    except jinja2.TemplateError as error:
        problem = f"The expression cannot be read: {(error.message or str(error)).rstrip('.')}."
        raise Unrenderable(place, problem, 'Write it as "{{ column }}".') from error


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
    except _FAILURES as error:
        raise Unrenderable(place, f"The expression fails: {error}.", "Try it on this row by hand.") from error
