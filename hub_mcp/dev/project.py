"""What the manifests say about the project, read from pyproject.toml and the package."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from hub_mcp import __version__

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Project:
    """The facts repeated in every manifest, each written in one place only.

    Attributes:
        name: the name of the distribution and of the command.
        title: the display name.
        icon, icon_svg: the icon as a 512 pixel PNG, and as SVG.
        prose: texts, by file name (`dev/templates`).
    """

    name: str
    version: str
    description: str
    license: str
    author: str
    keywords: tuple[str, ...]
    python: str
    repository: str
    icon: bytes
    icon_svg: bytes
    prose: dict[str, str]
    title: str = "Hugging Face Hub"

    @property
    def owner(self) -> str:
        """The owner of the repository, from which the registry derives the right to a name."""
        return urlsplit(self.repository).path.split("/")[1]

    @property
    def registered(self) -> str:
        """The name in the MCP registry, which README repeats in a marker."""
        return f"io.github.{self.owner}/{self.name}"

    @property
    def issues(self) -> str:
        return f"{self.repository}/issues"

    def worded(self, template: str) -> bytes:
        """One of our texts with placeholders such as @version@ filled in."""
        text = self.prose[template]
        for word in ("name", "version", "title", "description", "license", "repository"):
            text = text.replace(f"@{word}@", str(getattr(self, word)))
        return text.encode()


class _Author(BaseModel):
    name: str


class _Declared(BaseModel):
    """The part of `[project]` the manifests need."""

    name: str
    description: str
    license: str
    authors: list[_Author]
    keywords: tuple[str, ...]
    requires_python: str = Field(alias="requires-python")
    urls: dict[str, str]


def load(root: Path = ROOT) -> Project:
    """The project as it stands in its checkout."""
    declared = _Declared.model_validate(
        tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    )
    server, templates = root / "hub_mcp" / "server", root / "hub_mcp" / "dev" / "templates"
    return Project(
        name=declared.name,
        version=__version__,
        description=declared.description,
        license=declared.license,
        author=declared.authors[0].name,
        keywords=declared.keywords,
        python=declared.requires_python,
        repository=declared.urls["Repository"],
        icon=(server / "icon.png").read_bytes(),
        icon_svg=(server / "icon.svg").read_bytes(),
        prose={path.name: path.read_text("utf-8") for path in sorted(templates.iterdir())},
    )
