"""The endpoint classes by tool name; the file of a class is imported when it is first looked up.

A call needs one class, and creating those of all areas takes longer than everything else. Which file has
which tool is in `tools_by_file.json`, written by `python -m hub_mcp.dev manifests`. Iterating over all of
them imports every file, listed there or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TypeVar

HERE = Path(__file__).parent
LISTED = HERE / "tools_by_file.json"
PACKAGE = __name__.rpartition(".")[0]
MADE = "operations"  # the folder whose classes are made from a table
C = TypeVar("C", bound=type)


class Declared(MutableMapping[str, C]):
    """The declared classes, in the order of folder and file names and of the declarations in each file."""

    def __init__(self) -> None:
        self._imported: dict[str, C] = {}
        self._are_all_imported = False

    def __getitem__(self, tool: str) -> C:
        if tool not in self._imported and not self._are_all_imported and (file := _file_of().get(tool)):
            import_module(f"{PACKAGE}.{file}")
        return self._imported[tool]

    def __setitem__(self, tool: str, endpoint: C) -> None:
        known = self._imported.get(tool)
        if known and known.__module__ != endpoint.__module__:
            raise TypeError(f"{endpoint.__name__}: there is already a tool {tool!r}")
        self._imported[tool] = endpoint

    def __delitem__(self, tool: str) -> None:
        del self._imported[tool]

    def __iter__(self) -> Iterator[str]:
        self._import_all()
        return iter(self._imported)

    def __len__(self) -> int:
        self._import_all()
        return len(self._imported)

    def _import_all(self) -> None:
        if self._are_all_imported:
            return
        for folder in iter_modules([str(HERE)]):
            if folder.ispkg and folder.name != MADE:
                for file in iter_modules([str(HERE / folder.name)]):
                    import_module(f"{PACKAGE}.{folder.name}.{file.name}")
        self._are_all_imported = True
        self._imported = dict(sorted(self._imported.items(), key=lambda one: one[1].__module__))


@cache
def _file_of() -> dict[str, str]:
    files: dict[str, list[str]] = json.loads(LISTED.read_bytes())
    return {tool: file for file, tools in files.items() for tool in tools}
