"""The local Hub over TLS with the official client, which only then reads an anonymous 401 as missing."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import own_environment
from tests.waiting import PATIENCE

pytest.importorskip("trustme")
READY = re.compile(r"export SSL_CERT_FILE=(\S+) NODE_EXTRA_CA_CERTS=\1")
ASK = """
import json
from huggingface_hub import HfApi
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

api = HfApi(token=False)
names = ["openai-community/gpt2", "gpt2", "OpenAI-Community/GPT2", "ada/none", "eve/secret-sauce",
         "meta-llama/Meta-Llama-3.1-8B"]
told = {
    "exists": [api.repo_exists(name) for name in names],
    "revision": [api.revision_exists(name, "main") for name in names] + [api.revision_exists("gpt2", "none")],
    "file": [api.file_exists(name, "README.md") for name in names[:5]],
}
try:
    api.model_info("eve/secret-sauce")
except RepositoryNotFoundError as error:
    told["raised"] = type(error).__name__
print(json.dumps(told))
"""


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of `hub-mcp hub --tls`, and the file its clients have to trust."""
    with subprocess.Popen(
        [sys.executable, "-m", "hub_mcp", "hub", "--port", "0", "--tls"],
        stdout=subprocess.PIPE,
        text=True,
        env=own_environment(tmp_path),
    ) as process:
        assert process.stdout
        said, trusted = "", None
        while trusted is None:
            line = process.stdout.readline()
            assert line, said
            said += line
            trusted = READY.search(line)
        address = re.search(r"HF_ENDPOINT=(https://127\.0\.0\.1:\d+)", said)
        assert address
        try:
            yield address[1], trusted[1]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()
    assert not Path(trusted[1]).exists()


def test_the_client_distinguishes_missing_private_and_former_repositories(
    secure: tuple[str, str], tmp_path: Path
) -> None:
    address, trusted = secure
    ours = own_environment(tmp_path) | {"HF_ENDPOINT": address, "SSL_CERT_FILE": trusted}
    run = subprocess.run([sys.executable, "-c", ASK], env=ours, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {
        "exists": [True, True, True, False, False, True],
        "revision": [True, True, True, False, False, True, False],
        "file": [True, True, True, False, False],
        "raised": "RepositoryNotFoundError",
    }


def test_addresses_in_answers_are_https_and_nobody_else_is_trusted_or_trusts(secure: tuple[str, str]) -> None:
    address, trusted = secure
    context = ssl.create_default_context(cafile=trusted)
    listed = httpx.get(f"{address}/api/models?limit=1", verify=context, trust_env=False, timeout=PATIENCE)
    assert f"<{address}/api/models?limit=1&cursor=" in listed.headers["Link"]
    with pytest.raises(httpx.ConnectError, match="certificate"):
        httpx.get(f"{address}/api/models?limit=1", trust_env=False, timeout=PATIENCE)
    assert os.stat(trusted).st_mode & 0o077 == 0 or os.stat(Path(trusted).parent).st_mode & 0o077 == 0
    assert "PRIVATE KEY" not in Path(trusted).read_text()


def test_without_the_package_it_says_what_is_missing(tmp_path: Path) -> None:
    hidden = tmp_path / "trustme.py"
    hidden.write_text("raise ImportError\n")
    ours = own_environment(tmp_path) | {"PYTHONPATH": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-m", "hub_mcp", "hub", "--port", "0", "--tls"],
        env=ours, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (1, "")
    assert "pip install 'hub-mcp[tls]'" in run.stderr
