"""`manifests/` is derived from pyproject.toml and the catalogue, and passes our own stricter checks."""

from __future__ import annotations

import json
import re
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.cli.assistants.clients import CLIENTS
from hub_mcp.cli.assistants.jsonc import Json
from hub_mcp.cli.flags.flag_table import settings_from
from hub_mcp.dev import project as projects
from hub_mcp.dev.derived_files import bring_up_to_date, files_in, stale
from hub_mcp.dev.manifests.all_manifests import FOLDER, render
from hub_mcp.dev.manifests.check_clients import PIECES
from hub_mcp.dev.manifests.check_manifests import CHECKS
from hub_mcp.dev.manifests.check_shapes import faults
from hub_mcp.dev.manifests.client_pieces import links
from hub_mcp.dev.manifests.published_tools import published
from hub_mcp.dev.manifests.variables import VARIABLES
from hub_mcp.dev.readme import marker, updated
from hub_mcp.server.tools.operation_tools import TOOLS
from hub_mcp.settings import Settings

PROJECT = projects.load()
RENDERED = render(PROJECT, published())
SAMPLES = projects.ROOT.parent / "shared" / "manifest-samples"

needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the collected samples are not beside this checkout"
)


def parsed(path: str, content: bytes) -> Json:
    if path.endswith(".toml"):
        return tomllib.loads(content.decode())
    return json.loads(content) if path.endswith(".json") else yaml.safe_load(content)


def test_the_committed_files_are_what_is_rendered() -> None:
    assert stale({FOLDER / path: text for path, text in RENDERED.items()}, files_in(FOLDER)) == []


def test_rendering_is_the_same_every_time() -> None:
    assert render(projects.load(), published()) == RENDERED


def test_derived_files_that_are_missing_altered_or_orphaned_are_reported_or_rewritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = {tmp_path / path: text for path, text in RENDERED.items()}
    assert bring_up_to_date(wanted, check=False)
    (tmp_path / "server.json").write_text("{}")
    (tmp_path / "tools.json").unlink()
    (tmp_path / "old.json").write_text("{}")
    capsys.readouterr()
    assert bring_up_to_date(wanted, files_in(tmp_path), check=True)
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert bring_up_to_date(wanted, files_in(tmp_path), check=False)
    assert not bring_up_to_date(wanted, files_in(tmp_path), check=True)


@pytest.mark.parametrize("path", CHECKS)
def test_every_manifest_passes_our_own_checks(path: str) -> None:
    assert CHECKS[path](parsed(path, RENDERED[path])) == []


@pytest.mark.parametrize("path", [path for path in RENDERED if path.startswith("clients/")])
def test_every_piece_has_only_keys_its_client_reads(path: str) -> None:
    client = path.removeprefix("clients/").rpartition(".")[0].removesuffix("-remote")
    assert faults(parsed(path, RENDERED[path]), PIECES[client]) == []


def test_every_json_file_is_checked_by_somebody() -> None:
    unchecked = {
        path for path in RENDERED if path.endswith(".json") and not path.startswith("clients/")
    } - CHECKS.keys()
    assert unchecked == {"tools.json"}  # ours alone; held by the next test
    assert PIECES.keys() == CLIENTS.keys()


def test_the_published_tools_are_those_of_the_catalogue() -> None:
    listed = json.loads(RENDERED["tools.json"])["tools"]
    assert [tool["name"] for tool in listed] == [*default_endpoints(), *TOOLS]
    assert {frozenset(tool) for tool in listed} == {
        frozenset(("name", "title", "description", "inputSchema", "annotations"))
    }


def test_all_manifests_have_the_same_version_and_name() -> None:
    for path in CHECKS:
        said = json.loads(RENDERED[path])
        assert said.get("version", PROJECT.version) == PROJECT.version, path
        assert said.get("name", PROJECT.name) in (PROJECT.name, PROJECT.registered), path
    packages = json.loads(RENDERED["server.json"])["packages"]
    assert [package["version"] for package in packages] == [PROJECT.version]


def test_no_manifest_holds_a_token_or_names_a_place_packages_come_from() -> None:
    for path, content in RENDERED.items():
        text = content.decode("utf-8", "ignore")
        assert not re.search(r"hf_[A-Za-z0-9]{16}", text), path
        assert not re.search(r"pypi\.org|registry\.npmjs|pythonhosted|docker\.io|registryBaseUrl", text), path


def test_only_secrets_are_declared_secret() -> None:
    package = json.loads(RENDERED["server.json"])["packages"][0]
    assert {one["name"]: one["isSecret"] for one in package["environmentVariables"]} == {
        name: name == "HF_TOKEN" for name in VARIABLES
    }


def test_the_variables_are_settings_there_are() -> None:
    ours = [name.removeprefix("HUB_MCP_").lower() for name in VARIABLES if name.startswith("HUB_MCP_")]
    assert set(ours) <= Settings.__dataclass_fields__.keys()


@pytest.mark.parametrize(("box", "areas"), [("true", ("all",)), ("false", ()), ("repos", ("repos",))])
def test_the_checkbox_of_the_bundle_is_understood_as_a_host_writes_it(
    box: str, areas: tuple[str, ...]
) -> None:
    assert json.loads(RENDERED["mcpb/manifest.json"])["user_config"]["read_only"]["type"] == "boolean"
    assert settings_from({"read_only": box}).read_only == areas


def test_the_icon_is_there_as_a_picture_and_in_pixels() -> None:
    assert PROJECT.icon_svg.startswith(b"<svg ")
    assert PROJECT.icon.startswith(b"\x89PNG\r\n\x1a\n")
    assert PROJECT.icon[16:24] == (512).to_bytes(4, "big") * 2  # width and height


def test_the_plugin_has_a_readme_of_forty_words() -> None:
    assert len(re.findall(r"\w+", RENDERED["plugin/README.md"].decode())) >= 40


def test_the_skill_names_only_tools_there_are() -> None:
    skill = RENDERED["plugin/skills/hub-mcp/SKILL.md"].decode()
    verbs = r"(?:list|get|create|add|update|set|move|remove|delete)_[a-z_]+|whoami"
    assert set(re.findall(rf"`({verbs})`", skill)) <= ENDPOINTS.keys()
    header = yaml.safe_load(skill.split("---")[1])
    assert header["name"] == "hub-mcp"
    assert len(header["description"]) <= 1024


def test_the_image_is_built_from_this_repository_and_runs_as_nobody_special() -> None:
    dockerfile = RENDERED["container/Dockerfile"].decode()
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (projects.ROOT / name).exists(), name
        assert f"!{name}" in RENDERED["container/Dockerfile.dockerignore"].decode()
    assert re.search(r"^USER 10001$", dockerfile, re.MULTILINE)
    assert "/healthz" in dockerfile
    compose = yaml.safe_load(RENDERED["container/compose.yaml"])
    assert set(compose["services"]) == {"server", "redis"}
    server, redis = compose["services"]["server"], compose["services"]["redis"]
    froms = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert froms
    assert all(re.fullmatch(r"\S+@\$\{PYTHON_DIGEST\}", one) for one in froms)
    assert "${PYTHON_DIGEST:?" in server["build"]["args"]["PYTHON_DIGEST"]
    assert "@${REDIS_DIGEST:?" in redis["image"]
    assert all("mem_limit" in service for service in (server, redis))
    assert server["environment"]["HUB_MCP_REDIS"].startswith("redis://:${REDIS_PASSWORD:?")
    started = redis["command"][-1]
    assert "requirepass" in started.partition("|")[0]
    assert {"--maxmemory 256mb", "--maxmemory-policy noeviction"} <= {
        f"--{one.strip()}" for one in started.split("--")[1:]
    }
    assert redis["networks"] == ["inside"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert "ports" not in redis
    assert (FOLDER / "container" / server["build"]["context"]).resolve() == projects.ROOT
    assert server["ports"] == ["127.0.0.1:8000:8000"]


# ── README ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_readme_has_its_generated_parts() -> None:
    text = (projects.ROOT / "README.md").read_text("utf-8")
    assert updated(text, PROJECT) == text
    assert marker(PROJECT) in text


def test_readme_can_be_read_in_one_sitting_and_begins_with_what_matters() -> None:
    text = (projects.ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) < 350
    first = text.split("\n\n")[2]
    assert "asks a person" in first
    assert "If it cannot, nothing is done right away" in first
    assert "publisher's own" in text  # of the package's name, before anybody runs it by uvx


def test_the_readme_of_the_manifests_has_every_assistant_and_every_tool() -> None:
    text = RENDERED["README.md"].decode()
    for client in CLIENTS.values():
        assert f"### {client.title}\n\n`hub-mcp install {client.key}`" in text
    for name, endpoint in ENDPOINTS.items():
        assert f"| `{name}` | " in text
        assert endpoint.line.documented.replace("|", "\\|") in text
    assert "publisher's own" in text


def test_every_link_of_our_own_pages_leads_somewhere() -> None:
    for page in ("README.md", "manifests/README.md", "hub_mcp/README.md", ".github/CONTRIBUTING.md"):
        text = (projects.ROOT / page).read_text("utf-8")
        for address in re.findall(r"\]\((?!https://|#)([^)#]+)", text):
            assert ((projects.ROOT / page).parent / address).exists(), f"{page}: {address}"
        for path in re.findall(r"`((?:hub_mcp|tests|manifests|\.ci|\.github)/[\w./-]+)`", text):
            assert (projects.ROOT / path).exists(), f"{page}: {path}"


def test_every_fact_that_is_cited_is_in_the_repository() -> None:
    facts = (projects.ROOT / "hub_mcp" / "catalogue" / "FACTS.md").read_text("utf-8")
    known = set(re.findall(r"^## (\d+)\.", facts, re.MULTILINE))
    cited: set[str] = set()
    for folder in ("hub_mcp", "tests"):
        for path in (projects.ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".sql"):
                text = path.read_text("utf-8")
                for numbers in re.findall(r"FACTS §?(\d+(?:(?:, | and )§?\d+)*)", text):
                    cited |= set(re.findall(r"\d+", numbers))
    assert cited <= known
    assert len(cited) > 10


def test_markers_are_put_in_where_they_are_missing_and_the_rest_is_kept() -> None:
    once = updated("# Title\n\nWords.\n", PROJECT)
    assert once.startswith("# Title\n\nWords.\n")
    assert updated(once, PROJECT) == once
    assert all(f"`{tool}`" in once for tool in ENDPOINTS)


def test_a_stale_part_is_replaced_and_words_around_it_stay() -> None:
    fresh = updated("# Title\n", PROJECT)
    stale = fresh.replace("`whoami`", "`gone`") + "\nThe end.\n"
    assert updated(stale, PROJECT) == fresh + "\nThe end.\n"


def test_every_install_link_is_https_and_starts_the_server_with_uvx() -> None:
    for address in links(PROJECT).values():
        assert address.startswith("https://")
        assert "uvx" in address or "dXZ4" in address  # the second is base64


def test_whatever_is_fetched_to_be_run_is_fetched_in_one_version() -> None:
    started = re.compile(r"hub-mcp(?![\w.-])|mcp-remote(?!-)")
    for path, content in RENDERED.items():
        if path.endswith((".json", ".toml", ".yaml")) and path.startswith(("clients/", "plugin/", ".claude")):
            for words in _commands(parsed(path, content)):
                for word in words[1:]:
                    assert not started.fullmatch(word), f"{path}: {word} may be any version"
                assert words[0] != "uvx" or words[1] == f"hub-mcp=={PROJECT.version}", path
                assert words[0] != "npx" or re.fullmatch(r"mcp-remote@\d+\.\d+\.\d+", words[2]), path


def test_the_links_name_a_version() -> None:
    for address in links(PROJECT).values():
        query = unquote(address)
        packed = re.search(r"config=([A-Za-z0-9+/=]+)$", query)
        assert f"hub-mcp=={PROJECT.version}" in (b64decode(packed[1]).decode() if packed else query)


def _commands(said: Json) -> Iterator[list[str]]:
    """Every command with its arguments, in each client's spelling."""
    if isinstance(said, dict):
        command, more = said.get("command", said.get("cmd")), said.get("args")
        if isinstance(command, list):
            yield [str(one) for one in command]
        elif isinstance(command, str) and isinstance(more, list):
            yield [command, *map(str, more)]
        for one in said.values():
            yield from _commands(one)
    elif isinstance(said, list):
        for one in said:
            yield from _commands(one)


# ── the samples others collected ────────────────────────────────────────────────────────────────────────

GOOD = {
    "registry/server.json": "server.json",
    "mcpb/manifest.json": "mcpb/manifest.json",
    "gemini/gemini-extension.json": "plugin/gemini-extension.json",
    "agent-plugin/plugin.json": "plugin/plugin.json",
    "agent-plugin/mcp.json": "plugin/mcp.json",
    "claude-plugin/.claude-plugin/plugin.json": "plugin/.claude-plugin/plugin.json",
    "plugin-combined/.cursor-plugin/plugin.json": "plugin/.cursor-plugin/plugin.json",
    "plugin-combined/.mcp.json": "plugin/.mcp.json",
    "mkt/.claude-plugin/marketplace.json": ".claude-plugin/marketplace.json",
}
NO_VERSION = "version must be a version such as 1.2.3, not a range or `latest`"
BROKEN = {
    "registry/bad-url.json": "websiteUrl must be an https address",
    "registry/broken-desc-101.json": "description must be 1 to 100 characters",
    "registry/broken-latest.json": f"packages[0].{NO_VERSION}",
    "registry/broken-name.json": "name must be a namespace, a slash, a name",
    "registry/broken-no-transport.json": "packages[0].transport is missing",
    "registry/broken-sha.json": "packages[1].fileSha256 must be 64 hexadecimal digits",
    "registry/http-icon.json": "icons[0].src must be an https address",
    "registry/unknown-key.json": "packages[0].registry_type is not a known key",
    "mcpb/bad-userconfig-ref.json": "${user_config.nope} is not defined",
    "mcpb/badversion.json": NO_VERSION,
    "mcpb/broken-no-author.json": "author is missing",
    "mcpb/broken-unknown-key.json": "user_config.hf_token.secret is not a known key",
    "mcpb/broken-uv-in-0.3.json": 'server.type "uv" needs manifest_version 0.4',
}


@needs_samples
@pytest.mark.parametrize("sample", GOOD)
def test_a_good_sample_passes(sample: str) -> None:
    assert CHECKS[GOOD[sample]](parsed(sample, (SAMPLES / sample).read_bytes())) == []


@needs_samples
@pytest.mark.parametrize("sample", BROKEN)
def test_a_broken_sample_is_refused_for_what_is_broken(sample: str) -> None:
    kind = "server.json" if sample.startswith("registry/") else "mcpb/manifest.json"
    assert CHECKS[kind](parsed(sample, (SAMPLES / sample).read_bytes())) == [BROKEN[sample]]


@needs_samples
def test_a_mistyped_key_of_a_client_is_refused_which_the_client_ignores() -> None:
    good, broken = (
        parsed(name, (SAMPLES / "continue" / name).read_bytes()) for name in ("hub-mcp.yaml", "broken.yaml")
    )
    assert faults(good, PIECES["continue"]) == []
    assert "mcpServers[0].comand is not a known key" in faults(broken, PIECES["continue"])
