"""The right operation is among the first that a request finds."""

import inspect
import re
from pathlib import Path

import pytest

from hub_mcp.catalogue.operations.arguments import read_arguments
from hub_mcp.catalogue.operations.cleaning import cleaned
from hub_mcp.catalogue.operations.endpoints import findable
from hub_mcp.catalogue.operations.ranking import Index
from hub_mcp.catalogue.operations.signature import nearest, signature
from hub_mcp.catalogue.operations.table import operations
from hub_mcp.errors import BadInput

OPERATIONS = operations()
INDEX = Index(findable().values())
ASKED = [
    line.split("\t") for line in (Path(__file__).parent / "asked.tsv").read_text("utf-8").splitlines()[1:]
]
# Methods of the official client, whose one-line descriptions nobody wrote with our lines in mind.
METHODS = {
    "list_repo_refs": "list_refs", "list_repo_commits": "list_commits",
    "super_squash_history": "super_squash",
    "create_discussion": "create_discussion", "comment_discussion": "comment_discussion",
    "change_discussion_status": "set_discussion_status", "merge_pull_request": "merge_pull_request",
    "rename_discussion": "rename_discussion", "hide_discussion_comment": "hide_comment",
    "edit_discussion_comment": "edit_comment", "get_discussion_details": "get_discussion",
    "create_branch": "create_branch", "delete_branch": "delete_branch", "create_tag": "create_tag",
    "delete_tag": "delete_tag", "add_space_variable": "set_space_variable",
    "delete_space_variable": "delete_space_variable", "add_space_secret": "set_space_secret",
    "get_space_runtime": "get_space_runtime", "request_space_hardware": "set_space_hardware",
    "set_space_sleep_time": "set_space_sleep_time", "pause_space": "pause_space",
    "restart_space": "restart_space", "list_pending_access_requests": "list_access_requests",
    "grant_access": "grant_access", "list_webhooks": "list_webhooks", "create_webhook": "create_webhook",
    "delete_webhook": "delete_webhook", "get_user_overview": "get_user_overview",
    "list_user_followers": "list_user_followers", "run_job": "run_job", "inspect_job": "get_job",
    "fetch_job_logs": "read_job_logs", "cancel_job": "cancel_job", "list_jobs": "list_jobs",
    "create_scheduled_job": "create_scheduled_job", "suspend_scheduled_job": "suspend_scheduled_job",
    "whoami": "whoami", "move_repo": "move_repo", "delete_repo": "delete_repo", "unlike": "unlike_repo",
    "permanently_delete_lfs_files": "delete_lfs_files", "list_lfs_files": "list_lfs_files",
    "get_paths_info": "get_paths_info", "list_repo_tree": "list_tree", "create_commit": "commit",
    "duplicate_repo": "duplicate_repo", "list_daily_papers": "list_daily_papers",
    "list_papers": "search_papers",
    "create_bucket": "create_bucket", "delete_bucket": "delete_bucket", "list_buckets": "list_buckets",
}  # fmt: skip


@pytest.mark.parametrize("half", ["tuned", "held out"])
def test_the_right_operation_is_among_the_first(half: str) -> None:
    asked = [(name, request) for its, name, request in ASKED if its == half]
    places = {request: [one.name for one in INDEX.find(request)] for _, request in asked}
    missed_five = [request for name, request in asked if name not in places[request][:5]]
    missed_eight = [request for name, request in asked if name not in places[request]]
    assert len(asked) >= 100
    assert len(missed_five) <= 0.05 * len(asked), missed_five
    assert len(missed_eight) <= 0.03 * len(asked), missed_eight


def test_requests_of_somebody_who_had_not_seen_the_lines_find_what_they_mean() -> None:
    """Written from the document's summaries alone; `|` parts operations that would each do.

    As written, 93.9 % of the first 165 were among five and 95.8 % among eight; of the 60 that were written
    once those misses were mended, 85.0 % and 95.0 %. Synonyms and words followed both times, so that this
    only holds what was reached.
    """
    places, meant = _places("blind.tsv")
    assert len(meant) >= 200
    assert _among(5, places, meant) >= 0.95
    assert _among(8, places, meant) >= 0.97


@pytest.mark.parametrize(
    ("written", "among_five", "among_eight"),
    [
        ("third", 0.97, 0.99),
        ("fourth", 0.98, 0.99),
        ("fifth", 0.98, 0.99),
        ("sixth", 0.97, 0.99),
        ("seventh", 0.95, 0.96),
        ("eighth", 0.98, 0.99),
        ("ninth", 1, 1),
    ],
)
def test_requests_of_people_who_had_not_seen_the_lines_find_what_they_mean(
    written: str, among_five: float, among_eight: float
) -> None:
    """Unseen, 92.4 and 95.9 % of the third set and 84.0 and 89.0 % of the fourth were among five and eight.

    Lines and synonyms were extended with both sets known. The fifth and sixth were written from names, paths
    and summaries before the lines were read, by who then extended them: 88.2 and 92.4 % of the fifth before,
    97.5 and 98.3 % after, and of the sixth, looked at once at the end, 98.3 and 100 % (96.6 and 98.3 before).
    The last two are others', who had seen nothing but names, paths and summaries. The seventh, told to use no
    word of the summaries: 90.8 and 91.7 % unseen, 95.8 and 96.7 once its lessons were drawn. The eighth,
    written as people write: 98.2 and 99.1 % unseen, and nothing was changed for it. The ninth, written before
    anything of this was read and without what no operation does: 35 of 36 unseen, among five as among eight.
    """
    places, meant = _places("untuned.tsv", written)
    assert len(meant) >= 36
    assert _among(5, places, meant) >= among_five
    assert _among(8, places, meant) >= among_eight


def _places(file: str, written: str = "") -> tuple[dict[str, list[str]], dict[str, set[str]]]:
    """By request, the operations found and those that would do."""
    lines = (Path(__file__).parent / file).read_text("utf-8").splitlines()[1:]
    rows = [row for row in (line.split("\t") for line in lines) if written in ("", row[0])]
    meant = {request: set(names.split("|")) for _, names, request in rows}
    assert all(one in OPERATIONS for names in meant.values() for one in names)
    return {request: [one.name for one in INDEX.find(request)] for request in meant}, meant


def _among(most: int, places: dict[str, list[str]], meant: dict[str, set[str]]) -> float:
    found = sum(bool(names & set(places[request][:most])) for request, names in meant.items())
    return found / len(meant)


def test_what_the_official_client_calls_a_thing_finds_it() -> None:
    from huggingface_hub import HfApi

    asked: dict[str, str] = {}
    for method, name in METHODS.items():
        said = inspect.getdoc(getattr(HfApi, method)) or ""
        asked[re.split(r"(?<=[.])\s|\n\n", said.strip())[0].replace("\n", " ")] = name
    places = {request: [one.name for one in INDEX.find(request)] for request in asked}
    assert sum(name in places[request][:5] for request, name in asked.items()) >= 0.95 * len(asked)
    assert sum(name in places[request] for request, name in asked.items()) >= 0.97 * len(asked)


def test_a_request_that_shares_no_word_finds_nothing() -> None:
    assert INDEX.find("Wie viel Speicherplatz brauche ich") == []


@pytest.mark.parametrize(
    ("asked", "meant"),
    [("cancle the traning job", "cancel_job"), ("I'd like to see the branchs", "list_refs"),
     ("history of acme/jobs-of-members", "list_commits"),
     ("set API_BASE for the Space", "set_space_variable"),
     ("who is in nimbus-labs", "list_organization_members")],
)  # fmt: skip
def test_slips_wishes_and_names_are_read_as_they_are_meant(asked: str, meant: str) -> None:
    assert meant in [one.name for one in INDEX.find(asked)][:3]


def test_an_operation_is_found_by_its_own_name() -> None:
    found = {name: [one.name for one in INDEX.find(name.replace("_", " "))] for name in OPERATIONS}
    assert not {name: names for name, names in found.items() if name not in names}


def test_a_line_says_what_is_needed_what_may_be_said_and_what_happens() -> None:
    assert signature(OPERATIONS["create_branch"]) == (
        "create_branch(repo_id, type, branch; starting_point?, empty_branch?, overwrite?)"
        " → create a branch; may ask a person"
    )
    assert "never called" in signature(OPERATIONS["rotate_sso"])


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [("delete_branches", "delete_branch"), ("listJobs", "list_jobs"), ("get-scan", "get_scan")],
)
def test_a_misspelt_name_is_near_the_one_that_was_meant(misspelt: str, meant: str) -> None:
    assert meant in nearest(misspelt, OPERATIONS)


def test_arguments_are_taken_as_json_text_too() -> None:
    assert read_arguments('{"repo_id": "acme/tiny"}', "get_scan") == {"repo_id": "acme/tiny"}
    for odd in ("[1]", "{", 3, [1]):
        with pytest.raises(BadInput, match="get_scan was not called"):
            read_arguments(odd, "get_scan")


def test_secrets_and_personal_data_are_taken_out_of_answers() -> None:
    job = {
        "environment": {"KEY": "v"},
        "command": ["echo", "hf_abcdefghijklmnop"],
        "status": {"stage": "RUNNING"},
    }
    assert cleaned(job, OPERATIONS["get_job"].hides) == {
        "environment": {"KEY": "(taken out)"},
        "command": ["echo", "(taken out)"],
        "status": {"stage": "RUNNING"},
    }
    hook = {"url": "https://ada:pw@example.org/hook?secret=s3cr3t"}
    assert cleaned(hook, OPERATIONS["get_webhook"].hides) == {"url": "https://example.org/hook?(taken out)"}
    row = {"user": {"email": "ada@example.org", "user": "ada"}}
    assert cleaned(row, OPERATIONS["list_access_requests"].hides)["user"]["email"] == "(taken out)"
    assert cleaned(row, ["email"], shown=["email"]) == row


@pytest.mark.parametrize(
    "line",
    ["HF_TOKEN=abcd1234abcd", "Authorization: Bearer abcd1234abcd", 'password: "abcd1234abcd"',
     "https://user:abcd1234abcd@example.org", "?X-Amz-Signature=abcd1234abcd"],
)  # fmt: skip
def test_a_log_loses_the_secrets_that_a_program_prints(line: str) -> None:
    assert "abcd1234abcd" not in cleaned(line, ())
