"""Which packages may import which, checked in the imports of every file."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "hub_mcp"
PACKAGES = {"catalogue", "client", "gate", "server", "localhub", "cli", "dev"}
# A package, and which of ours it may import; modules beside the packages count as packages.
MAY = {
    "text": set(),
    "errors": {"text"},
    "settings": set(),
    "masking": set(),
    "private_files": set(),
    "installed": set(),
    "log_output": {"masking", "private_files", "settings"},
    "catalogue": {"errors", "text"},
    "client": {"catalogue", "errors", "masking", "text"},
    "gate": {"client", "catalogue", "errors", "masking", "settings", "private_files", "installed", "text"},
    "server": {"gate", "client", "catalogue", "errors", "settings", "text"},
    "localhub": set(),
    "wiring": {"*"},
    "cli": {"*"},
    "dev": {"*"},
}
SDK_USERS = {"server", "wiring", "cli", "dev"}  # may import the SDK; in cli only its clients


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Every module a file imports, at its top or inside a function, as a dotted name."""
    package = ["hub_mcp", *path.relative_to(PACKAGE).parts[:-1]]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            found |= {module, *(f"{module}.{name.name}" for name in node.names)}
    return frozenset(found)


FILES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if path.parent != PACKAGE or path.stem not in ("__init__", "__main__")
)


def test_a_file_imports_only_the_packages_its_own_may_import() -> None:
    for path in FILES:
        name = package_of(path)
        allowed = MAY[name] | {name}
        for module in imports_of(path):
            parts = module.split(".")
            if parts[0] != "hub_mcp" or len(parts) < 2 or parts[1] == "__version__":
                continue
            known = parts[1] in PACKAGES or (PACKAGE / f"{parts[1]}.py").is_file()
            assert not known or "*" in allowed or parts[1] in allowed, f"{path} must not import {module}"


def test_only_the_server_imports_the_sdk_and_the_catalogue_does_no_io() -> None:
    for path in FILES:
        name = package_of(path)
        tops = {module.split(".")[0] for module in imports_of(path)}
        assert "mcp" not in tops or name in SDK_USERS, path
        assert not {"httpx", "anyio", "starlette"} & tops or name != "catalogue", path


LOCALHUB = sorted((PACKAGE / "localhub").rglob("*.py"))
# Each area of the local Hub has these; every other file of the package has a unique name.
IN_EACH_AREA = {"__init__.py", "app.py", "routes.py", "rows.py", "shapes.py"}
MOST_FILES = 17  # per folder, `__init__.py` included


@pytest.mark.parametrize("name", sorted(PACKAGES))
def test_no_imports_inside_a_package_form_a_cycle(name: str) -> None:
    def name_of(path: Path) -> str:
        return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")

    files = sorted((PACKAGE / name).rglob("*.py"))
    names = {name_of(path) for path in files}
    arrows = {name_of(path): imports_of(path) & names - {name_of(path)} for path in files}
    while leaves := {name for name, to in arrows.items() if not to & arrows.keys()}:
        arrows = {name: to for name, to in arrows.items() if name not in leaves}
    assert sorted(arrows) == []


def test_no_two_files_share_a_name() -> None:
    others = {"__init__.py", "__main__.py"}
    areas = {path for path in LOCALHUB if path.name in IN_EACH_AREA}
    seen = Counter(path.name for path in set(PACKAGE.rglob("*.py")) - areas if path.name not in others)
    assert sorted(name for name, count in seen.items() if count > 1) == []


def test_no_two_classes_share_a_name() -> None:
    seen: Counter[str] = Counter()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        seen.update(node.name for node in tree.body if isinstance(node, ast.ClassDef))
    assert sorted(name for name, count in seen.items() if count > 1) == []


def test_no_folder_has_too_many_files() -> None:
    files = (path for name in PACKAGES for path in (PACKAGE / name).rglob("*.py"))
    crowded = Counter(path.parent.relative_to(PACKAGE) for path in files)
    assert [str(folder) for folder, files in crowded.items() if files > MOST_FILES] == []


def test_no_installed_module_imports_the_developers_tools() -> None:
    installed = [path for path in FILES if package_of(path) != "dev"]
    needs = {path: [one for one in imports_of(path) if one.startswith("hub_mcp.dev")] for path in installed}
    assert not {path: names for path, names in needs.items() if names}


# Areas of the local Hub in three layers: routes (HTTP), shapes (the documented JSON), and rows (SQL).
LAYERED = (
    "people", "repos", "datasets", "spaces", "tags", "collections", "groups", "papers", "gating", "search",
)  # fmt: skip
SQL = re.compile(r"\b(select\b.*\bfrom|insert\b.*\binto|update \w+ set|delete from)\b", re.DOTALL)
ROWS = ("rows.py", "like_rows.py", "audit_rows.py", "repo_queries.py", "where_clause.py")


@pytest.mark.parametrize("area", LAYERED)
def test_sql_is_only_in_the_rows_of_an_area_and_http_is_not_in_its_rows_or_shapes(area: str) -> None:
    for path in sorted((PACKAGE / "localhub" / area).glob("*.py")):
        texts = [
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        if path.name not in ROWS:
            assert [text for text in texts if SQL.search(text)] == [], path.name
        if path.name in (*ROWS, "shapes.py"):
            assert not [name for name in imports_of(path) if name.startswith("starlette")], path.name
