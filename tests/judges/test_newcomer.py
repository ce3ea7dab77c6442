"""The steps of CONTRIBUTING, done in a copy of the tree: which files a newcomer touches, and that it works.

None of the three changes is in the catalogue. What is derived is written by its one command, then the loops
over the catalogue are run: a table that somebody would have to know of fails here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 1_800  # seconds; the loops take two minutes on an idle machine
# What loops over the catalogue or over what is derived from it.
LOOPS = [
    "tests/catalogue/operations", "tests/catalogue/test_documented.py", "tests/gate/test_effects.py",
    "tests/gate/test_outcomes.py", "tests/server/test_addresses.py", "tests/server/test_counts.py",
    "tests/server/test_host_arguments.py", "tests/server/test_parts.py",
    "tests/server/test_private_fields.py", "tests/test_every_endpoint.py", "tests/test_hostile.py",
    "tests/test_tool_list.py",
]  # fmt: skip
USERS = "hub_mcp/catalogue/people/people.py"
PEOPLE = "hub_mcp/localhub/people/routes.py"
SAMPLES = "tests/samples.py"
WAYS = "tests/gate/ways.py"
CATALOGUE = "hub_mcp/catalogue/organizations/organizations.py"
LARGE_FILE = "6e64c2bc3b8def0497e6690ce129f22f31ff485bd51c05ead2d9087b259411fa"  # of ada/mood-of-the-weather
MOOD = f'{{"repo_id": "ada/mood-of-the-weather", "type": "model", "sha": "{LARGE_FILE}"}}'
LISTS = {  # files in which each tool has a line
    "README.md",
    "hub_mcp/catalogue/tools_by_file.json",
    "hub_mcp/localhub/area_paths.json",
    "hub_mcp/server/early/early_answers.json",
    "hub_mcp/server/tools/prepared_operations.json",
    "hub_mcp/server/tools/prepared_tools.json",
    "hub_mcp/server/resources/address_patterns.json",
    "manifests/README.md",
    "manifests/mcpb/manifest.json",
    "manifests/tools.json",
}


class Tree:
    """A copy of the tree that is edited as a newcomer edits it."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def git(self, *command: str) -> str:
        return self.run("git", "-c", "user.name=new", "-c", "user.email=new@example.org", *command)

    def run(self, *command: str) -> str:
        done = subprocess.run(
            command, cwd=self.place, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, f"{done.stdout[-8_000:]}\n{done.stderr[-4_000:]}"
        return done.stdout

    def put(self, file: str, before: str, text: str) -> None:
        """Insert a text before a unique text in a file, or at its end if `before` is empty."""
        path = self.place / file
        was = path.read_text("utf-8")
        assert not before or was.count(before) == 1, f"{before!r} in {file}"
        path.write_text(was.replace(before, text + before) if before else was + text, "utf-8")

    def derive(self) -> set[str]:
        """Write what is derived; the files that now differ, derived ones among them."""
        self.run(sys.executable, "-m", "ruff", "format", ".")
        self.run(sys.executable, "-m", "ruff", "check", "--fix", ".")  # sorts what a change imports
        self.run(sys.executable, "-m", "hub_mcp.dev", "derive")
        return {line[3:] for line in self.git("status", "--porcelain", "-uall").splitlines()}

    def holds(self, tool: str) -> None:
        """The loops for the tool, those that count or compare all tools, and the form of the code."""
        self.run(sys.executable, "-m", "ruff", "check", ".")
        self.run(
            sys.executable,
            "-m",
            "pytest",
            "-q",
            *LOOPS,
            "-k",
            f"{tool} or test_every_tool or test_recording or test_all or table",
        )


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    """The files of this checkout with a new history, next to the same reference."""
    copy = Tree(tmp_path / "hub_mcp")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            target = copy.place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    if (ROOT.parent / "shared").is_dir():
        (tmp_path / "shared").symlink_to(ROOT.parent / "shared")
    copy.git("init", "-q")
    copy.git("add", "--all")
    copy.git("commit", "-q", "-m", "As it is")
    yield copy
    shutil.rmtree(copy.place)


def test_a_new_endpoint_is_its_class_its_local_route_and_one_sample_line(tree: Tree) -> None:
    tree.put(USERS, "", '''

class Handles(Record):
    """Where a user is found elsewhere."""

    noun = "user"
    shown = ("user", "socialHandles")

    user: str


@get("/api/users/{username}/socials", label="Get user accounts elsewhere")
class GetUserSocials(Lookup[Handles]):
    """A user's accounts elsewhere."""

    in_area = "users"
    by_default = False
    unlisted = RARELY_CUT

    username: Account
''')  # fmt: skip
    tree.put(PEOPLE, "def _user_at(", '''async def socials(request: Request) -> Response:
    """GET /api/users/{username}/socials: each has the same name on GitHub."""
    user = _user_at(request, "socials")
    return HubJSON({"_id": user["id"], "user": user["name"], "socialHandles": {"github": user["name"]}})


''')  # fmt: skip
    tree.put(PEOPLE, '    Route("/api/users/{username}/overview"',
             '    Route("/api/users/{username}/socials", socials, methods=["GET"]),\n')  # fmt: skip
    tree.put(
        SAMPLES,
        '    "list_resource_groups": {"org',
        '    "get_user_socials": {"username": "ada"},\n',
    )
    own = {USERS, PEOPLE, SAMPLES}
    touched = tree.derive()
    assert touched - LISTS - own == {"tests/exchanges/get_user_socials.json"}
    assert own <= touched
    tree.holds("get_user_socials")


def test_an_optional_parameter_is_a_field_and_a_line_of_the_local_hub(tree: Tree) -> None:
    path = tree.place / CATALOGUE
    text = path.read_text("utf-8")
    assert text.endswith("    organization: Owner\n")
    path.write_text(text + "    search: Word | None = None\n", "utf-8")
    followers = '    rows = after(store, id, place[0] if place else "", limit + 1)\n'
    found = '    rows = [row for row in rows if request.query_params.get("search", "") in row["name"]]\n'
    path = tree.place / PEOPLE
    text = path.read_text("utf-8")
    assert text.count(followers) == 1
    path.write_text(text.replace(followers, followers + found), "utf-8")
    own = {CATALOGUE, PEOPLE}
    touched = tree.derive()
    assert touched - LISTS - own == {"tests/snapshots/list_organization_followers.txt"}
    assert own <= touched
    tree.holds("list_organization_followers")


def test_a_gated_endpoint_is_a_new_endpoint_and_its_way_to_ask(tree: Tree) -> None:
    changes, routes = "hub_mcp/catalogue/content/ref_changes.py", "hub_mcp/localhub/content/large_files.py"
    tree.put(changes, "", '''

@delete(
    f"{PATH}/lfs-files/{{sha}}",
    permission="repo.write",
    destroys="the large file {sha} of the {type} {repo_id}, in every revision",
)
class DeleteLfsFile(ActsOnRefs):
    """Delete a large file for good. Asks first."""

    in_area = "files"

    sha: str = Field(pattern="^[0-9a-f]{64}$")
    rewrite_history: bool = Field(default=True, serialization_alias="rewriteHistory")
''')  # fmt: skip
    tree.put(routes, "async def no_xet(", '''async def drop(request: Request) -> Response:
    """DELETE …/lfs-files/{sha}: one of them, if the repository holds it."""
    store, repo = open_repo(request)
    must_write(signed_in(request), repo, f'delete large files of {repo["type"]} "{repo["id"]}"')
    if _held(store, repo["key"], request.path_params["sha"]) is None:
        raise ApiError(404, "The object is not there")
    with store.write():
        store.run(
            "delete from repo_large_files where repo = ? and sha256 = ?",
            repo["key"],
            request.path_params["sha"],
        )
    return HubJSON({"success": True})


''')  # fmt: skip
    tree.put(
        routes,
        '    Route("/api/{type:plural}/{namespace}/{repo}/lfs-files", listing',
        '    Route("/api/{type:plural}/{namespace}/{repo}/lfs-files/{sha}", drop, methods=["DELETE"]),\n',
    )
    tree.put(
        SAMPLES,
        '    "delete_discussion": {',
        f'    "delete_lfs_file": {MOOD},\n',
    )
    tree.put(
        WAYS,
        '        Way(DESTROYS, "delete_tag",',
        f'        Way(DESTROYS, "delete_lfs_file", "sha", {MOOD}),\n',
    )
    tree.put(
        WAYS,
        '    ("create_tag", "message"): WORDS',
        '    ("delete_lfs_file", "rewrite_history"): PART_OF_IT.format("sha"),\n',
    )
    own = {changes, routes, SAMPLES, WAYS}
    touched = tree.derive()
    exchange = "tests/exchanges/delete_lfs_file.json"
    assert touched - LISTS - own == {exchange}  # its area is not offered by default
    assert own <= touched
    tree.holds("delete_lfs_file")
