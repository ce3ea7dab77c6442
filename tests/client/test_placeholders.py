"""Every placeholder that a host failed to fill in, in every variable that is read, counts as unset."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub_mcp.cli.flags.flag_table import FLAGS
from hub_mcp.client.placeholders import NETWORK, usable
from hub_mcp.client.token import find_token
from tests.cli.conftest import Run
from tests.cli.conftest import run as run  # a fixture
from tests.client.placeholders import PLAIN, UNFILLED

TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
OTHERS = (
    "HF_HOME",
    "HF_TOKEN_PATH",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN",
    "HF_HUB_USER_AGENT_ORIGIN",
    "HUB_MCP_KEYS",
)
VARIABLES = sorted({*TOKENS, *OTHERS, *NETWORK, *(name for flag in FLAGS for name in flag.variables)})
FORMS = (*PLAIN, *UNFILLED, "Bearer", "Bearer ", *(f"Bearer {one}" for one in UNFILLED))
SECRET = "hf_" + "Sample" * 5


@pytest.mark.parametrize("form", FORMS)
def test_a_placeholder_counts_as_unset_in_every_variable(form: str) -> None:
    assert usable(dict.fromkeys(VARIABLES, form)) == {}
    assert usable({"PATH": form}) == {"PATH": form}  # which is not ours


@pytest.mark.parametrize("form", FORMS)
def test_a_placeholder_is_no_token(form: str, tmp_path: Path) -> None:
    named = dict.fromkeys(TOKENS, form)
    assert find_token({**named, "HF_HOME": str(tmp_path)}) is None
    (tmp_path / "token").write_text(form, "utf-8")
    assert find_token({"HF_HOME": str(tmp_path)}) is None
    assert find_token({}, str(tmp_path / "token")) is None


@pytest.mark.parametrize(
    "form",
    ["{}", " {}\n", '"{}"', "'{}'", "`{}`", "“{}”", "Bearer {}", "bearer  {}", 'Bearer "{}"', '"Bearer {}"'],
)
@pytest.mark.parametrize("name", TOKENS)
def test_quotes_and_spaces_around_a_token_are_removed(form: str, name: str, tmp_path: Path) -> None:
    found = find_token({name: form.format(SECRET), "HF_HOME": str(tmp_path)})
    assert found is not None
    assert found.secret == SECRET
    (tmp_path / "token").write_text(form.format(SECRET), "utf-8")
    found = find_token({"HF_HOME": str(tmp_path)})
    assert found is not None
    assert found.secret == SECRET


def test_a_server_starts_with_every_variable_unfilled_and_says_which(run: Run) -> None:
    for form in ("${X}", "$env:X", "{env:X}", '"${{ secrets.X }}"', "$(x)"):
        told = run("--sandbox", "doctor", env=dict.fromkeys(VARIABLES, form))
        assert told.code == 0, told
        for name in ("HF_TOKEN", "HUB_MCP_TOOLSETS", "HTTPS_PROXY", "HF_ENDPOINT"):
            assert name in told.out


def test_quotation_marks_come_off_settings(run: Run) -> None:
    told = run("--sandbox", "tools", "-q", env={"HUB_MCP_TOOLSETS": '"models"', "HUB_MCP_READ_ONLY": "'all'"})
    assert told.out.split() == ["list_models", "get_model", "get_model_tags"]
