"""Derived files: written if they are out of date, or only reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from hub_mcp.dev.project import ROOT


def stale(wanted: Mapping[Path, bytes], there: Iterable[Path] = ()) -> list[Path]:
    """The files that are missing or differ, and those of `there` that are no longer derived."""
    return sorted(
        path
        for path in {*wanted, *there}
        if path not in wanted or not path.is_file() or path.read_bytes() != wanted[path]
    )


def bring_up_to_date(wanted: Mapping[Path, bytes], there: Iterable[Path] = (), *, check: bool) -> bool:
    """Write stale files and remove those no longer derived, or only report them; returns whether any were."""
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
            print(f"{name}: removed, since it is no longer derived")
    return bool(found)


def files_in(folder: Path, pattern: str = "**/*") -> list[Path]:
    """The files in a folder of derived files."""
    return [path for path in folder.glob(pattern) if path.is_file()]
