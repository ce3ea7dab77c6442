"""The arguments of a plain start mean what they mean to the command line, or are left to it."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_mcp.cli import main as command_line
from hub_mcp.cli.flags.flag_table import FLAGS
from hub_mcp.cli.flags.plain_arguments import NOT_PLAIN, plain_settings
from hub_mcp.settings import Settings

PLAIN: list[tuple[list[str], dict[str, str], Settings]] = [
    ([], {}, Settings()),
    (["serve"], {}, Settings()),
    (["--sandbox"], {}, Settings(sandbox="")),
    (["serve", "--sandbox", "--anonymous"], {}, Settings(sandbox="", anonymous=True)),
    ([], {"HUB_MCP_SANDBOX": "1"}, Settings(sandbox="")),
    (["--toolsets=papers,models"], {}, Settings(toolsets=("papers", "models"))),
    (["--toolsets", "papers"], {"HUB_MCP_TOOLSETS": "models"}, Settings(toolsets=("papers",))),
    (["--read-only"], {}, Settings(read_only=("all",))),
    (["--read-only", "--dry-run"], {}, Settings(read_only=("all",), dry_run=True)),
    ([], {"HF_ENDPOINT": "https://hub.example/"}, Settings(endpoint="https://hub.example")),
    ([], {"HF_TOKEN": "hf_abcdefgh", "HF_HUB_OFFLINE": "1"}, Settings(offline=True)),
    (["--timeout", "2.5", "--max-deletes=0"], {}, Settings(timeout=2.5, max_deletes=0)),
]


@pytest.mark.parametrize(("arguments", "environment", "settings"), PLAIN)
def test_what_hosts_write_is_plain(
    arguments: list[str], environment: dict[str, str], settings: Settings
) -> None:
    assert plain_settings(arguments, environment) == settings
    assert as_the_command_line_reads(arguments, environment) == settings


LEFT: list[tuple[list[str], dict[str, str]]] = [
    (["doctor"], {}),
    (["--help"], {}),
    (["--sandbox", "hub.db"], {}),
    (["--sandbox=hub.db"], {}),
    (["--toolsets", "nonsense"], {}),
    (["--max-deletes", "-1"], {}),
    (["--timeout", "nan"], {}),
    (["--", "--sandbox"], {}),
    (["-v"], {}),
    ([], {"HF_TOKEN": "${HF_TOKEN}"}),
    ([], {"HUB_MCP_TOOLSETS": " models"}),
    ([], {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost"}),
    ([], {"HUB_MCP_DRY_RUN": "perhaps"}),
    ([], {"HUB_MCP_LOG_LEVEL": "debug"}),
]


@pytest.mark.parametrize(("arguments", "environment"), LEFT)
def test_what_is_not_certain_is_left_to_the_command_line(
    arguments: list[str], environment: dict[str, str]
) -> None:
    assert plain_settings(arguments, environment) is None


def test_every_flag_is_read_or_named_as_one_that_is_not() -> None:
    values = {"list": "models", "number": "1", "whole": "1", "switch": "1", "text": "x"}
    for flag in FLAGS:
        value = flag.kind[0] if isinstance(flag.kind, tuple) else values[flag.kind]
        if flag.field == "endpoint":
            value = "https://hub.example"
        if flag.field in ("tools", "exclude_tools"):
            value = "whoami"
        if flag.field == "token_file":
            value = __file__
        if flag.field == "allow":
            value = "discussions.create"
        if flag.field == "secrets_from":
            value = f"file:{__file__}"
        if flag.field == "sandbox":
            value = ":memory:"
        read = plain_settings([], {flag.variables[0]: value})
        assert (read is None) == (flag.field in NOT_PLAIN), flag.field


class Read(Exception):
    """The settings that the command line made."""


def as_the_command_line_reads(arguments: list[str], environment: Mapping[str, str]) -> Settings | None:
    """The settings it would serve with; None if it does something else, or refuses."""
    found: list[Settings] = []

    def served(settings: Settings) -> None:
        found.append(settings)
        gc.enable()  # as the server does once all is imported

    with (
        patch.dict(os.environ, environment, clear=True),
        patch("hub_mcp.wiring.run_stdio", served),
        patch("click.echo"),
        pytest.raises(SystemExit),
    ):
        command_line.main([*arguments])
    return found[0] if found else None


WORDS = [
    "serve", "doctor", "x", "models", "1", "0", "true", "nan", "", "all", "plan", "PLAN", "2.5", "--", "-v",
    ":memory:",
]  # fmt: skip
NAMES = [flag.flag for flag in FLAGS]
VARIABLES = [name for flag in FLAGS for name in flag.variables]
ARGUMENTS = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(WORDS),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(WORDS)).map("=".join),
)


@given(
    st.lists(ARGUMENTS, max_size=5),
    st.dictionaries(st.sampled_from(VARIABLES), st.sampled_from(WORDS), max_size=2),
)
def test_what_is_read_as_plain_is_what_the_command_line_reads(
    arguments: list[str], environment: dict[str, str]
) -> None:
    read = plain_settings(arguments, environment)
    if read is not None:
        assert read == as_the_command_line_reads(arguments, environment)
