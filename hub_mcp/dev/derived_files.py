"""Derived files: written where they differ from what they should be, or only told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from hub_mcp.dev.project import ROOT


def stale(wanted: Mapping[Path, bytes], there: Iterable[Path] = ()) -> list[Path]:
    """The files that are missing or differ, and those of `there` that nothing derives."""
    return sorted(
        path
        for path in {*wanted, *there}
        if path not in wanted or not path.is_file() or path.read_bytes() != wanted[path]
    )


def bring_up_to_date(wanted: Mapping[Path, bytes], there: Iterable[Path] = (), *, check: bool) -> bool:
    """Write what is stale and remove what nothing derives, or only say so; whether anything was."""
    found = stale(wanted, there)
    for path in found:
        name = path.as_posix().removeprefix(f"{ROOT.as_posix()}/")
        if check:
            print(f"{name} is out of date: run `python -m hub_mcp.dev derive`")
        elif path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wanted[path])
            print(f"{name}: written")
        else:
            path.unlink()
            print(f"{name}: removed, since nothing derives it")
    return bool(found)


def files_in(folder: Path, pattern: str = "**/*") -> list[Path]:
    """The files that lie in a folder of derived ones."""
    return [path for path in folder.glob(pattern) if path.is_file()]
