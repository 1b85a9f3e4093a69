"""`batchgen`: finds the command that is meant, and turns whatever goes wrong into a sentence and an exit code."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from batchgen.assembly.settable import unheeded
from batchgen.cli.allowance import make_room
from batchgen.cli.defaults import defaults
from batchgen.cli.streams import is_full, settle_in
from batchgen.model.errors import BatchgenError, ConfigError, ManifestError
from batchgen.model.system import told
from batchgen.model.version import VERSION
from batchgen.settings import TOML, load_dotenv, place_of

#: Command → the module that has it, and its name there where that is another. A module is loaded when its command is
#: used, so that help is quick.
COMMANDS = {
    "init": "init",
    "run": "run",
    "plan": "plan",
    "apply": "apply",
    "check": "check",
    "schema": "schema",
    "rehearse": "rehearse",
    "retry": "run",
    "cancel": "cancel",
    "resolve": "resolve",
    "adopt": "adopt",
    "explain": "explain",
    "status": "inspect",
    "report": "report",
    "verify": "keep",
    "refresh": "keep",
    "clean": "clean",
    "list": "catalogue:listing",
    "template": "catalogue",
    "quota": "quota",
    "webhook": "webhook",
    "mcp": "mcp",
    "login": "login",
    "logout": "login",
    "whoami": "login",
    "doctor": "doctor",
    "sandbox": "serve",
    "demo": "demo",
}

#: What each command is for, for the help that lists them: reading it from the commands would load them all.
SHORT_HELP = {
    "init": "Write a manifest and a sheet to begin with.",
    "run": "Make the videos a manifest asks for; go on where an earlier run stopped.",
    "plan": "Show what a run would send and cost, and send nothing.",
    "apply": "Send exactly what a saved plan says, or nothing.",
    "check": "Say what is wrong with a manifest, for editors and CI.",
    "schema": "Print the JSON Schema of a YAML manifest, for editors.",
    "rehearse": "Play a whole run in seconds: how long, how many requests, what it costs.",
    "retry": "Try failed and cancelled jobs again, and nothing else.",
    "cancel": "Take back what was not sent yet.",
    "resolve": "Decide about videos that may have been accepted.",
    "adopt": "Take in ids of videos that were made before.",
    "explain": "Tell the life of one row.",
    "status": "Show where every manifest stands.",
    "report": "Write results again, also as XLSX, JSONL, Parquet or HTML.",
    "verify": "Hold every saved video against what was saved.",
    "refresh": "Get new links for videos that are done.",
    "clean": "Remove what is of no use any more.",
    "list": "Show the account's avatars, voices, templates and languages.",
    "template": "Show a template's variables and scenes.",
    "quota": "Show what the account has left.",
    "webhook": "Listen to what HeyGen tells of videos by itself.",
    "mcp": "Let an assistant check, plan and run batches.",
    "login": "Keep a key, or log in by the browser.",
    "logout": "Forget what is kept.",
    "whoami": "Tell the account, its balance, and as whom batchgen asks.",
    "doctor": "Find out whether this machine and its network are fit for a run.",
    "sandbox": "Serve a HeyGen on this machine, to rehearse with.",
    "demo": "Make a dozen example videos in a sandbox.",
}

HELP = """A spreadsheet in, finished HeyGen videos out, and no row ever paid for twice.

\b
Translate a library:      batchgen run videos.csv
Rehearse it for nothing:  batchgen run videos.csv --sandbox
See before you spend:     batchgen plan videos.csv
Go on after a stop:       batchgen run videos.csv      (the same command)
Rerun what failed:        batchgen retry videos.csv

The key is read from HEYGEN_API_KEY, in the environment or in a file named .env; or keep it by `batchgen login`.
"""


#: What a command ends with that was interrupted in order.
INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group that loads a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Give the commands in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"batchgen.cli.{module}"), name or cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; of one that there is not, say which was probably meant."""
        if args[0] not in COMMANDS:
            from batchgen.model.vocabulary import nearest  # noqa: PLC0415 - for those who mistyped it

            if meant := nearest(args[0], COMMANDS):
                ctx.fail(f"No such command '{args[0]}'. Did you mean '{meant}'?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SHORT_HELP.items()))


@click.group(cls=LazyGroup, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="batchgen", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Have room to work in, and read what was set outside of the command line."""
    make_room()
    load_dotenv()
    if names := unheeded(os.environ):
        click.echo(f"{', '.join(names)}: not heeded, for batchgen has no such setting.", err=True)
    ctx.default_map = defaults(COMMANDS)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    # What is imported stays, and rows of a sheet hold no circles: there is little to be found by looking that often. A
    # run's start makes 100,000 objects, and to go through them took it 45 ms.
    gc.set_threshold(200_000, 20, 50)
    settle_in()
    _leave(answer(arguments))


def _leave(code: int) -> NoReturn:
    """Leave at once: everything is closed by now, and what is printed is written here.

    To take all modules apart first would take Python a quarter of the time of a short command. And where Ctrl-C came
    while a class was being made, it would still end by the signal, though that was answered.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        pass  # Whoever read it has gone.
    except OSError as error:  # What somebody is to read was not written whole.
        code = code or _tell_own_fault(error, as_json=False)
    os._exit(code)


def answer(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code; whatever goes wrong is told on standard error."""
    # Until a run listens for it, a polite kill is what Ctrl-C is.
    with suppress(ValueError):  # In a thread signals are somebody else's.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _answer(arguments)
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _tell_own_fault(error, as_json=False)


def _answer(arguments: list[str] | None) -> int:
    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    try:
        result: Any = cli.main(args=arguments, prog_name="batchgen", standalone_mode=False)
    except BatchgenError as error:
        _tell_error(error, as_json=as_json)
        return error.exit_code
    except click.ClickException as error:
        return _tell_usage(error, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. Nothing is lost: the same command goes on.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told in a sentence
        return _tell_own_fault(error, as_json=as_json)
    return result if isinstance(result, int) else 0


def _tell_own_fault(error: Exception, *, as_json: bool) -> int:
    if os.environ.get("BATCHGEN_DEBUG"):
        raise error
    if isinstance(error, OSError) and is_full(error):
        # Whoever writes a file says which: this is the output of the command itself.
        click.echo(
            f"batchgen: what it has to tell cannot be written where its output goes ({error.strerror}). Nothing is "
            "lost: make room there, and run the same command again.",
            err=True,
        )
        return ConfigError.exit_code
    if isinstance(error, OSError) and (sentence := told(error)):  # That is nothing that batchgen did.
        _tell_error(sentence, as_json=as_json)
        return sentence.exit_code
    click.echo(
        f"batchgen: a fault of its own stopped it: {type(error).__name__}: {error}\n"
        "Nothing is lost: the same command goes on. BATCHGEN_DEBUG=1 shows where it happened.",
        err=True,
    )
    return 1


def _tell_usage(error: click.ClickException, *, as_json: bool) -> int:
    """Say what is wrong with the words of a command, or with the setting that one of them came from."""
    code = error.exit_code
    if setting := _setting_behind(error):
        click.echo(f"batchgen: {setting}: {error.message}", err=True)
        code = ConfigError.exit_code
    else:
        error.show()
    if as_json:
        click.echo(json.dumps({"error": error.format_message(), "exit_code": code}, ensure_ascii=False))
    return code


def _setting_behind(error: click.ClickException) -> str | None:
    """Give the place and the name of the setting that is wrong; None where the words of the command are."""
    if not isinstance(error, click.BadParameter) or not error.ctx or not error.param or not error.param.name:
        return None
    source = error.ctx.get_parameter_source(error.param.name)
    if source is ParameterSource.DEFAULT_MAP:
        return f"{TOML}, {error.param.name}"
    if source is ParameterSource.ENVIRONMENT:
        return f"{error.param.envvar}, in {place_of(str(error.param.envvar))}"
    return None


def _tell_error(error: BatchgenError, *, as_json: bool) -> None:
    """Say what is wrong on standard error, and to a script that asked for JSON on standard output as well."""
    if isinstance(error, ManifestError):
        _tell_faults(error, as_json=as_json)
        return
    click.echo(f"batchgen: {error}", err=True)
    if as_json:
        click.echo(json.dumps({"error": str(error), "exit_code": error.exit_code}, ensure_ascii=False))


def _tell_faults(error: ManifestError, *, as_json: bool) -> None:
    faults = list(dict.fromkeys(error.faults))
    click.echo("\n".join(map(str, faults)), err=True)
    count = f"{len(faults):,} fault{'s' if len(faults) != 1 else ''}"
    more = f", and {error.more:,} more that are not shown" if error.more else ""
    click.echo(f"\n{count}{more}. Nothing was sent.", err=True)
    if as_json:
        told = {"error": f"{count}{more}.", "exit_code": error.exit_code, "faults": [asdict(one) for one in faults]}
        click.echo(json.dumps(told, ensure_ascii=False))
