"""`python -m hub_mcp.dev`: the commands for developers of this project."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.dev import project as projects
from hub_mcp.dev.derived_files import bring_up_to_date, files_in
from hub_mcp.dev.project import ROOT

_check = click.option("--check", is_flag=True, help="Only report what differs; exit code 1 if anything does.")


@click.group()
def main() -> None:
    """Write derived files, and scaffold new ones."""


@main.command()
@_check
def manifests(check: bool) -> None:
    """Write manifests/, and the lists that a start reads, from what they list."""
    from hub_mcp.dev.address_patterns import patterns_file
    from hub_mcp.dev.area_paths import paths_file
    from hub_mcp.dev.manifests.all_manifests import FOLDER, render
    from hub_mcp.dev.manifests.published_tools import by_file, early, prepared, published

    rendered = {FOLDER / path: text for path, text in render(projects.load(), published()).items()}
    lists = by_file() | patterns_file() | prepared() | early() | paths_file()
    _settle(rendered | lists, files_in(FOLDER), check)


@main.command()
@_check
def readme(check: bool) -> None:
    """Write the generated parts of README.md."""
    from hub_mcp.dev.readme import updated

    path = ROOT / "README.md"
    _settle({path: updated(path.read_text("utf-8"), projects.load()).encode()}, (), check)


@main.command()
@_check
def snapshots(check: bool) -> None:
    """Write a snapshot of each tool, with its tokens, to tests/snapshots."""
    from hub_mcp.dev.snapshots import PLACE
    from hub_mcp.dev.snapshots import snapshots as of_each

    _settle(of_each(), files_in(PLACE, "*.txt"), check)


def _settle(wanted: Mapping[Path, bytes], there: Iterable[Path], check: bool) -> None:
    if bring_up_to_date(wanted, there, check=check) and check:
        sys.exit(1)


@main.command()
@_check
def derive(check: bool) -> None:
    """Write everything derived from the catalogue, the local Hub and pyproject.toml, except `operations`."""
    command, more = [sys.executable, "-m"], ["--check"] if check else []
    derived = [
        ["hub_mcp.dev", "manifests"],
        ["hub_mcp.dev", "readme"],
        ["hub_mcp.dev", "snapshots"],
        ["tests.exchanges.record"],
    ]
    codes = [
        subprocess.run([*command, *one, *more], cwd=ROOT, check=False).returncode  # noqa: S603 - our own
        for one in derived
    ]
    sys.exit(max(codes))


@main.command()
def picture() -> None:
    """Run `hub-mcp try` and draw its output for README; needs rich."""
    from hub_mcp.dev.first_minute import drawn, recorded

    path = ROOT / ".github" / "first-minute.svg"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(drawn(recorded()))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def bundle(folder: Path) -> None:
    """Write to FOLDER the files that `mcpb pack` turns into a bundle."""
    from hub_mcp.dev.manifests.all_manifests import render
    from hub_mcp.dev.manifests.bundle import stage
    from hub_mcp.dev.manifests.published_tools import published

    project = projects.load()
    stage(project, render(project, published()), folder)


@main.command()
@click.argument("operation", metavar="'METHOD /path'")
@click.option(
    "--openapi",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=lambda: ROOT.parent / "shared" / "hub" / "openapi.json",
    help="The Hub's OpenAPI document.",
)
def scaffold(operation: str, openapi: Path) -> None:
    """Print a ready endpoint class for an operation of the Hub's OpenAPI document."""
    from hub_mcp.dev.operations.openapi import CannotScaffold
    from hub_mcp.dev.operations.scaffold import scaffold as class_for

    document: Json = json.loads(openapi.read_text("utf-8"))
    if not isinstance(document, dict):
        raise click.ClickException(f"{openapi} is not an OpenAPI document.")
    try:
        click.echo(class_for(document, operation), nl=False)
    except CannotScaffold as trouble:
        raise click.ClickException(f"{operation}: {trouble}.") from None


@main.command()
@click.argument("document", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--pin", multiple=True, metavar="OPERATION", help="Mark its current shape as reviewed.")
@_check
def operations(document: Path, pin: tuple[str, ...], check: bool) -> None:
    """Import the Hub's OpenAPI DOCUMENT: report what is new, changed or gone, and gate it as unknown."""
    from hub_mcp.dev.operations.import_operations import TABLE, import_document, read_document, repinned
    from hub_mcp.dev.operations.outlines import OUTLINES, outlines

    try:
        read = read_document(document)
    except ValueError as trouble:
        raise click.ClickException(str(trouble)) from None
    pins, names, shapes = (TABLE / name for name in ("pins.tsv", "reviewed.tsv", "shapes.jsonl"))
    pinned = pins.read_text("utf-8")
    found = import_document(read, pinned, names.read_text("utf-8"))
    if pin:
        reviewed = {one: name for one, name in (found.new | found.changed).items() if name in pin}
        pinned = repinned(read, pinned, reviewed)
        found = import_document(read, pinned, names.read_text("utf-8"))
    for line in found.summary():
        click.echo(line)
    stale = shapes.read_text("utf-8") != found.shapes or outlines(read) != OUTLINES.read_text("utf-8")
    if check and (stale or found.summary()):
        sys.exit(1)
    if not check:
        OUTLINES.write_bytes(outlines(read).encode())
        pins.write_bytes(pinned.encode())
        shapes.write_bytes(found.shapes.encode())


if __name__ == "__main__":
    main()
