"""`batchgen schema`: the JSON Schema of a YAML manifest, for editors."""

from __future__ import annotations

import json

import click

HELP = """Print the JSON Schema (2020-12) of a YAML manifest, so that an editor completes and checks while you write.

Save it, and name it in the first line of a manifest; editors with a YAML language server (VS Code with the YAML
extension, Neovim, Emacs, JetBrains) take it from there:

\b
  batchgen schema > batchgen.schema.json
  # yaml-language-server: $schema=batchgen.schema.json

`batchgen init` does both. What no schema can know (a column that is not there, two rows that are the same) is what
`batchgen check` is for.
"""


@click.command(help=HELP, short_help="Print the JSON Schema of a YAML manifest.")
def schema() -> int:
    """Print the schema."""
    from batchgen.assembly.schema import manifest_schema  # noqa: PLC0415 - help needs none of it

    click.echo(json.dumps(manifest_schema(), ensure_ascii=False, indent=1))
    return 0
