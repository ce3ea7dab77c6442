"""The container file's own steps, done without a container engine: copy, install, start, health check."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "manifests" / "container"
PATIENCE = 300  # seconds for an installation on a slow machine


def steps(word: str) -> list[str]:
    """What stands behind an instruction, wherever it occurs."""
    text = re.sub(r"\\\n\s*", " ", (PLACE / "Dockerfile").read_text())
    return [line.partition(" ")[2] for line in text.splitlines() if line.startswith(word + " ")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefix into which the build stage installs, from the files it copies and no others."""
    source, prefix = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for step in steps("COPY"):
        if step.startswith("--from"):
            continue
        *names, target = step.split()
        for name in names:
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, source / target, ignore=ignored)
            else:
                shutil.copy(ROOT / name, source / target)
    (install,) = (step for step in steps("RUN") if "pip install" in step)
    words = [word.replace("/installed", str(prefix)) for word in shlex.split(install)]
    command = [sys.executable, "-m", *words]
    apart = {**os.environ, "PIP_IGNORE_INSTALLED": "1"}  # or pip takes away what this environment has of us
    done = subprocess.run(
        command, cwd=source, env=apart, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    return prefix


def environment(installed: Path) -> dict[str, str]:
    """The image's environment: what was installed, and nothing of this machine's."""
    site = sysconfig.get_path("purelib", vars={"base": str(installed)})
    told = dict(pair.split("=", 1) for step in steps("ENV") for pair in shlex.split(step))
    return {
        "PATH": f"{installed}/bin:{os.environ['PATH']}",
        "PYTHONPATH": site,
        "HOME": str(installed),
        **told,
    }


def test_what_was_built_starts_answers_its_health_check_and_stops(installed: Path) -> None:
    (entry,) = map(json.loads, steps("ENTRYPOINT"))
    (arguments,) = map(json.loads, [step for step in steps("CMD") if "http" in step][:1])
    (health,) = (step for step in steps("HEALTHCHECK"))
    (exposed,) = steps("EXPOSE")
    port = "18461"
    arguments = [port if word == exposed else word for word in arguments]
    check = [word.replace(f":{exposed}/", f":{port}/") for word in json.loads(health.partition("CMD ")[2])]
    check[0] = sys.executable
    env = environment(installed)

    def healthy() -> bool:
        assert server.poll() is None
        return not subprocess.run(check, env=env, capture_output=True, check=False).returncode

    with subprocess.Popen([sys.executable, *run(installed, entry), *arguments], env=env) as server:
        try:
            asyncio.run(until(healthy))
        finally:
            server.terminate()
        assert server.wait(PATIENCE) in (0, -signal.SIGTERM)


def run(installed: Path, entry: list[str]) -> list[str]:
    """The installed script, and what the image gives it."""
    script, *more = entry
    return [str(installed / "bin" / script), *more]


def test_the_compose_file_sets_what_the_server_reads() -> None:
    from hub_mcp.cli.flags.flag_table import FLAGS
    from hub_mcp.cli.serve_http import http

    compose = yaml.safe_load((PLACE / "compose.yaml").read_text())
    server = compose["services"]["server"]
    known = {name for option in http.params for name in _listed(option.envvar)}
    known |= {variable for flag in FLAGS for variable in flag.variables} | {"HUB_MCP_KEYS"}
    assert set(server["environment"]) <= known
    assert server["environment"]["HUB_MCP_REDIS"].rpartition("@")[2] == "redis:6379/0"
    assert "redis" in compose["services"]
    build = server["build"]
    assert (PLACE / build["context"] / build["dockerfile"]).resolve() == PLACE / "Dockerfile"


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_the_redis_of_the_compose_file_asks_for_its_password_and_keeps_to_its_memory(tmp_path: Path) -> None:
    redis = pytest.importorskip("redis", reason="redis (extra `judges`) is not installed")
    password = secrets.token_hex(32)
    shell, flag, script = yaml.safe_load((PLACE / "compose.yaml").read_text())["services"]["redis"]["command"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [shell, flag, f"{script.replace('$$', '$')} --port {port} --bind 127.0.0.1 --dir {tmp_path}"]
    env = {**os.environ, "REDIS_PASSWORD": password}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            assert any("Ready to accept connections" in line for line in server.stdout)
            arguments = Path(f"/proc/{server.pid}/cmdline")
            assert not arguments.exists() or password not in arguments.read_text()
            with pytest.raises(redis.AuthenticationError):
                redis.Redis(port=port).ping()
            known = redis.Redis.from_url(f"redis://:{password}@127.0.0.1:{port}/0", decode_responses=True)
            assert known.ping()
            assert known.config_get("maxmemory*")["maxmemory"] == str(256 * 2**20)
            assert known.config_get("maxmemory*")["maxmemory-policy"] == "noeviction"
            known.shutdown(nosave=True)
        finally:
            server.terminate()


def _listed(variables: str | Sequence[str] | None) -> list[str]:
    return [variables] if isinstance(variables, str) else list(variables or ())
