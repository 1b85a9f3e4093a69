"""As whom a command asks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from batchgen import settings
from batchgen.assembly.signing import open_account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchgen.settings import Account


@contextmanager
def asked_account(profile: str | None, *, sandbox: bool, state: str) -> Iterator[Account]:
    """Give the account that a command is about: a sandbox of its own, or the one that its credentials open."""
    with open_account(profile, sandbox=sandbox, state=state) as found:
        if not sandbox:
            _say_who_wins(profile)
        if found.caution:
            click.echo(f"warning: {found.caution}", err=True)
        yield found


def _say_who_wins(profile: str | None) -> None:
    """Tell somebody who names a profile that the environment has a key, which is used instead."""
    context = click.get_current_context(silent=True)
    named = context is not None and context.get_parameter_source("profile") is ParameterSource.COMMANDLINE
    if named and settings.api_key():
        place = settings.place_of(settings.KEY_NAME)
        click.echo(f"{settings.KEY_NAME} in {place} is used, and profile {profile} is not: unset it.", err=True)
