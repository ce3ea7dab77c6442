"""Sample arguments for all tests: a new endpoint needs one line in CALLS, and nothing else here.

CALLS has a call of each tool on the local Hub's world, in the order in which the exchanges are recorded: what
one of them makes, the next may change. Where a test needs an argument of a tool or of a name, it is from there.
OTHER_CALLS, SPELLINGS and RULED only try more of what is known already.
"""
# ruff: noqa: E501  # tables read better uncut

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

GROUP = "6772029e969d97a26c59dc28"  # "Storm team" of nimbus-labs
FJORDS = {"repo_id": "ada/fjord-names", "type": "model"}
JOB = {"namespace": "ada", "job_id": "6abf60ffca7ff55b1071f7af"}
DOOR = {"repo_id": "nimbus-labs/partners-preview", "type": "model"}
DIGEST = {"namespace": "ada", "job_id": "6a6b95d0f7ffe8e4b4e8c51b"}
HOOK = {"webhook_id": "6908720c926214bcf1cbefa9"}
DESK = {"repo_id": "nimbus-labs/forecast-desk"}  # a Space on paid hardware
COMMENT = {**FJORDS, "num": 1, "comment_id": "{comment}"}

CALLS: dict[str, dict[str, Any]] = {
    "list_models": {"search": "bert", "sort": "downloads", "limit": 3},
    "get_model": {"repo_id": "openai-community/gpt2"},
    "get_model_tags": {"type": "library", "search": "form"},
    "list_datasets": {"filter": ["language:en"], "limit": 2},
    "get_dataset": {"repo_id": "rajpurkar/squad"},
    "list_dataset_parquet_files": {"repo_id": "rajpurkar/squad"},
    "get_dataset_parquet_shard": {
        "repo_id": "rajpurkar/squad",
        "subset": "plain_text",
        "split": "train",
        "n": 0,
    },
    "get_dataset_croissant": {"repo_id": "rajpurkar/squad"},
    "get_dataset_tags": {"type": "modality"},
    "list_spaces": {"limit": 2, "sort": "likes"},
    "get_space": {"repo_id": "stabilityai/stable-diffusion"},
    "whoami": {},
    "get_organization_overview": {"organization": "nimbus-labs"},
    "get_downloads": {"repo_ids": ["models/ada/fjord-names", "datasets/ada/weather-diaries"]},
    "get_access": {"organization": "nimbus-labs", "repository": "models/storm-atlas-7b", "user": "cleo"},
    "list_organization_members": {"organization": "nimbus-labs", "limit": 3},
    "get_user_overview": {"username": "ada"},
    "list_user_likes": {"username": "ada", "limit": 3},
    "list_user_followers": {"username": "ada", "limit": 3},
    "list_user_following": {"username": "eve", "limit": 3},
    "list_my_repos": {"type": "model", "limit": 3},
    "list_org_repos": {
        "organization": "nimbus-labs",
        "search": "rain",
        "sort": "updatedAt",
        "direction": "asc",
    },
    "set_member_role": {"organization": "nimbus-labs", "username": "dan", "role": "contributor"},
    "export_audit_log": {"organization": "nimbus-labs", "query": "author:ada"},
    "quicksearch": {"query": "rain", "type": ["model", "space", "user"], "limit": 2},
    "get_trending": {"type": "model", "limit": 2},
    "search_papers": {"query": "bidirectional transformers", "limit": 2},
    "search_spaces": {"query": "will it rain tomorrow", "limit": 2},
    "search_docs": {"query": "who asked for access to my gated model", "product": "hub", "limit": 1},
    "search_docs_fulltext": {"query": "webhook", "limit": 1},
    "list_docs": {"limit": 2},
    "list_organization_followers": {"organization": "nimbus-labs", "limit": 3},
    "list_resource_groups": {"organization": "nimbus-labs"},
    "get_resource_group": {"organization": "nimbus-labs", "resource_group_id": GROUP},
    "get_repo_resource_group": {"repo_id": "nimbus-labs/storm-atlas-7b", "type": "model"},
    "get_paper": {"arxiv_id": "1810.04805"},
    "list_paper_repos": {"arxiv_id": "1810.04805"},
    "list_daily_papers": {"limit": 2},
    "list_collections": {"limit": 2},
    "get_collection": {"slug": "Qwen/qwen3-667ee081d0d16ce2f4cbc29d"},
    "create_repo": {"repo_id": "ada/new-model", "type": "model", "visibility": "private"},
    "update_repo_settings": {"repo_id": "ada/new-model", "type": "model", "gated": "auto"},
    "move_repo": {"from_repo": "ada/new-model", "to_repo": "ada/newer-model", "type": "model"},
    "delete_repo": {"repo_id": "ada/newer-model", "type": "model"},
    "create_resource_group": {
        "organization": "nimbus-labs",
        "name": "Tests",
        "users": [{"user": "bob", "role": "read"}],
    },
    "update_resource_group": {
        "organization": "nimbus-labs",
        "resource_group_id": GROUP,
        "description": "About storms.",
    },
    "update_resource_group_settings": {
        "organization": "nimbus-labs",
        "resource_group_id": GROUP,
        "auto_join": {"enabled": False},
    },
    "add_resource_group_users": {
        "organization": "nimbus-labs",
        "resource_group_id": GROUP,
        "users": [{"user": "dan", "role": "read"}],
    },
    "update_resource_group_user_role": {
        "organization": "nimbus-labs",
        "resource_group_id": GROUP,
        "username": "dan",
        "role": "write",
    },
    "remove_resource_group_user": {
        "organization": "nimbus-labs",
        "resource_group_id": GROUP,
        "username": "dan",
    },
    "set_repo_resource_group": {
        "repo_id": "nimbus-labs/storm-atlas-7b",
        "type": "model",
        "resource_group_id": "none",
    },
    "delete_resource_group": {"organization": "nimbus-labs", "resource_group_id": GROUP},
    "create_collection": {"title": "To read", "namespace": "ada", "private": True},
    "add_collection_item": {
        "slug": "{slug}",
        "item": {"type": "model", "id": "openai-community/gpt2"},
        "note": "Old.",
    },
    "update_collection_item": {
        "slug": "{slug}",
        "item_id": "models/openai-community/gpt2",
        "note": "Very old.",
    },
    "update_collection": {"slug": "{slug}", "theme": "green"},
    "delete_collection_item": {"slug": "{slug}", "item_id": "models/openai-community/gpt2"},
    "delete_collection": {"slug": "{slug}"},
    "list_discussions": {"repo_id": "nimbus-labs/nowcast-base", "type": "model", "status": "open"},
    "get_discussion": {"repo_id": "nimbus-labs/nowcast-base", "type": "model", "num": 2},
    "create_discussion": {**FJORDS, "title": "Names in Sámi", "description": "Are they welcome too?"},
    "comment_discussion": {**FJORDS, "num": 1, "comment": "It is CC0."},
    "edit_comment": {**COMMENT, "content": "It is CC0: no rights reserved."},
    "hide_comment": COMMENT,
    "rename_discussion": {**FJORDS, "num": 1, "title": "Licence of the word list"},
    "set_discussion_status": {**FJORDS, "num": 1, "status": "closed", "comment": "Answered."},
    "pin_discussion": {**FJORDS, "num": 2, "pinned": True},
    "merge_pull_request": {"repo_id": "nimbus-labs/nowcast-base", "type": "model", "num": 2},
    "get_pr_storage": {"repo_id": "ada/mood-of-the-weather", "type": "model", "num": 1},
    "delete_pr_ref": {"repo_id": "ada/mood-of-the-weather", "type": "model", "num": 1},
    "list_lfs_files": {"repo_id": "ada/reads-the-forecast", "type": "model", "limit": 2},
    "delete_lfs_files": {
        "repo_id": "ada/reads-the-forecast",
        "type": "model",
        "sha": ["18b8e4851f81afbbe6f2ba0031fd15c4f00dc89a001c64774d04ea9c7f32c295"],
    },
    "upload_attachment": {
        "content": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
    },
    "delete_discussion": {**FJORDS, "num": 2},
    "duplicate_repo": {**FJORDS, "to_repo": "ada/fjord-names-copy", "visibility": "private"},
    "list_repo_likers": {"repo_id": "nimbus-labs/nowcast-base", "type": "model", "limit": 3},
    "unlike_repo": {"repo_id": "nimbus-labs/nowcast-base", "type": "model"},
    "list_job_hardware": {"limit": 5},
    "list_jobs": {"namespace": "nimbus-labs", "stage": ["RUNNING", "COMPLETED"]},
    "count_jobs": {"namespace": "ada", "stage": ["ERROR"]},
    "get_job": JOB,
    "read_job_logs": {**JOB, "tail": 5},
    "stream_job_metrics": {"namespace": "nimbus-labs", "job_id": "6ac2a2b349eb83beef56e4f1", "seconds": 1},
    "stream_job_events": JOB,
    "run_job": {
        "namespace": "ada",
        "flavor": "t4-small",
        "docker_image": "python:3.12",
        "command": ["python", "-c", "print('Hello.')"],
        "timeout_seconds": 600,
        "environment": {"EPOCHS": "3"},
    },
    "rerun_job": JOB,
    "set_job_labels": {**JOB, "labels": {"team": "fjords"}},
    "expose_job_ports": {
        "namespace": "nimbus-labs",
        "job_id": "6ac2a2b349eb83beef56e4f1",
        "ports": [8000, 9000],
    },
    "cancel_job": {"namespace": "nimbus-labs", "job_id": "6ac2a2b349eb83beef56e4f1"},
    "list_scheduled_jobs": {"namespace": "ada"},
    "get_scheduled_job": DIGEST,
    "create_scheduled_job": {
        "namespace": "ada",
        "flavor": "cpu-basic",
        "docker_image": "python:3.12",
        "command": ["python", "news.py"],
        "schedule": "@daily",
        "timeout_seconds": 300,
    },
    "reschedule_job": {**DIGEST, "schedule": "30 5 * * 1"},
    "set_scheduled_job_labels": {**DIGEST, "labels": {"team": "fjords"}},
    "resume_scheduled_job": DIGEST,
    "trigger_scheduled_job": DIGEST,
    "suspend_scheduled_job": DIGEST,
    "delete_scheduled_job": DIGEST,
    "list_notifications": {"read_status": "unread", "limit": 3},
    "mark_notifications": {"apply_to_all": True, "repo_type": "model"},
    "delete_notifications": {"apply_to_all": True, "repo_name": "openai-community/gpt2"},
    "update_watch": {"add": [{"type": "org", "id": "62b04c2815dc736ee6444480"}]},
    "update_notification_settings": {"on": ["repo_release"], "off": ["announcements"]},
    "list_webhooks": {},
    "get_webhook": HOOK,
    "create_webhook": {
        "watched": [{"type": "model", "name": "ada/fjord-names"}],
        "domains": ["repo"],
        "url": "http://127.0.0.1:9/hook",
    },
    "update_webhook": {**HOOK, "watched": [{"type": "org", "name": "nimbus-labs"}]},
    "toggle_webhook": {**HOOK, "action": "disable"},
    "replay_webhook": {"webhook_id": "6a0dd5d26579bd07dc5b0d23", "log_id": "6a0dd5d20aac16187717759a"},
    "delete_webhook": HOOK,
    "list_tree": {"repo_id": "ada/fjord-names", "type": "model", "limit": 3},
    "get_file": {"repo_id": "ada/fjord-names", "type": "model", "path": "README.md", "end_line": 7},
    "get_paths_info": {"repo_id": "ada/fjord-names", "type": "model", "paths": ["README.md", "missing.txt"]},
    "get_tree_size": {"repo_id": "ada/fjord-names", "type": "model"},
    "get_scan": {"repo_id": "ada/fjord-names", "type": "model"},
    "commit": {
        **FJORDS,
        "summary": "Say more",
        "files": [{"path": "NOTES.md", "content": "Names of fjords.\n"}, {"path": "empty.txt"}],
    },
    "list_refs": FJORDS,
    "list_commits": {**FJORDS, "limit": 2},
    "compare_revisions": {
        "repo_id": "ada/weather-diaries",
        "type": "dataset",
        "base": "refs/convert/parquet",
    },
    "create_branch": {**FJORDS, "branch": "dev"},
    "create_tag": {**FJORDS, "revision": "dev", "tag": "v1", "message": "First."},
    "delete_tag": {**FJORDS, "tag": "v1"},
    "super_squash": {**FJORDS, "revision": "dev", "message": "All of it."},
    "delete_branch": {**FJORDS, "branch": "dev"},
    "list_access_requests": {**DOOR, "search": "e"},
    "export_access_report": {**DOOR, "status": "accepted"},
    "handle_access_request": {**DOOR, "user": "eve", "status": "rejected", "reason": "Not this year."},
    "handle_access_requests": {**DOOR, "users": ["amara-abe", "dmitri-abe"], "status": "accepted"},
    "grant_access": {**DOOR, "user": "yara-abe"},
    "ask_access": {
        "repo_id": "nimbus-labs/partners-preview",
        "type": "model",
        "answers": {"Affiliation": "Nimbus Labs"},
    },
    "cancel_access_request": {"repo_id": "open-cartography/survey-diaries", "type": "dataset"},
    "get_space_runtime": DESK,
    "read_space_logs": {**DESK, "log_type": "run", "tail": 3},
    "stream_space_metrics": {**DESK, "seconds": 1},
    "stream_space_events": DESK,
    "list_space_hardware": {"limit": 3},
    "set_space_hardware": {**DESK, "flavor": "t4-small", "sleep_time_seconds": 3600},
    "set_space_sleep_time": {**DESK, "seconds": 600},
    "set_space_dev_mode": {**DESK, "enabled": True},
    "set_space_volumes": {
        **DESK,
        "volumes": [{"type": "model", "source": "openai-community/gpt2", "mount_path": "/models"}],
    },
    "delete_space_volumes": DESK,
    "set_space_variable": {**DESK, "key": "MODEL", "value": "openai-community/gpt2", "description": "Which."},
    "list_space_variables": DESK,
    "delete_space_variable": {**DESK, "key": "MODEL"},
    "set_space_secret": {**DESK, "key": "API_KEY", "source": "env:PATH", "description": "For forecasts."},
    "list_space_secrets": DESK,
    "delete_space_secret": {**DESK, "key": "API_KEY"},
    "pause_space": DESK,
    "restart_space": {**DESK, "factory": True},
}

# Calls that no exchange makes: with lists, objects and truth values.
OTHER_CALLS: dict[str, dict[str, Any]] = {
    "list_models": {"filter": ["transformers", "license:mit"], "limit": 7, "gated": False, "fields": ["sha"]},
    "list_datasets": {"filter": ["language:en"], "limit": 7, "gated": True},
    "list_spaces": {"filter": ["gradio"], "limit": 7},
    "get_model": {"repo_id": "ada/x", "blobs": True, "fields": ["tags", "sha"]},
    "update_repo_settings": {"repo_id": "ada/x", "type": "model", "gated": "false",
                             "org_members_gated": False},
    "create_resource_group": {
        "organization": "nimbus-labs", "name": "x", "users": [{"user": "bob", "role": "read"}],
        "repos": [{"type": "model", "name": "nimbus-labs/x"}], "auto_join": {"enabled": True, "role": "read"},
    },
    "update_resource_group": {
        "organization": "nimbus-labs", "resource_group_id": "0123456789abcdef01234567",
        "spend_limits": {"total": 100, "jobs": -1},
    },
    "create_repo": {
        "repo_id": "ada/x", "type": "space", "sdk": "docker", "dev_mode_enabled": True,
        "sleep_time_seconds": 300, "variables": [{"key": "A", "value": "1"}],
    },
    "get_paper": {"arxiv_id": "2311.12983", "field": ["comments"]},
    "list_discussions": {
        "repo_id": "ada/x", "type": "space", "status": "open", "pull_requests": True, "author": "ada",
        "search": "x",
    },
    "create_discussion": {
        "repo_id": "ada/x", "type": "dataset", "title": "A draft", "description": "x", "pull_request": True,
    },
    "duplicate_repo": {
        "repo_id": "ada/x", "type": "space", "to_repo": "ada/y", "hardware": "t4-small",
        "sleep_time_seconds": 300, "variables": [{"key": "A", "value": "1"}],
    },
    "merge_pull_request": {"repo_id": "ada/x", "type": "space", "num": 3, "comment": "Thanks."},
    "commit": {
        "repo_id": "ada/x", "type": "space", "summary": "x", "create_pr": True, "parent_commit": "0" * 40,
        "files": [{"path": "a", "old": "x", "new": "y"}, {"path": "b", "delete": True}], "description": "y",
    },
    "create_branch": {"repo_id": "ada/x", "type": "model", "branch": "a/b", "overwrite": True},
    "list_refs": {"repo_id": "ada/x", "type": "dataset", "include_prs": True},
    "list_tree": {"repo_id": "ada/x", "type": "bucket", "path": "a/b", "recursive": True, "expand": True},
    "get_file": {
        "repo_id": "ada/x", "type": "space", "path": "a.py", "revision": "dev", "start_line": 2,
        "end_line": 9,
    },
    "get_discussion": {"repo_id": "ada/x", "type": "dataset", "num": 1, "start": 3, "diff": False},
    "list_jobs": {"namespace": "ada", "labels": ["name=x"], "limit": 7},
    "run_job": {
        "namespace": "ada", "flavor": "cpu-basic", "space_id": "ada/x", "attempts": 2, "labels": {"a": "b"},
        "volumes": [{"type": "bucket", "source": "ada/x", "mount_path": "/data", "read_only": True}],
        "ports": [8000], "ports_public": [8001], "ssh": True, "arch": "amd64",
    },
    "set_member_role": {
        "organization": "nimbus-labs", "username": "bob", "role": "read",
        "resource_groups": [{"id": "0" * 24, "role": "write"}],
    },
    "export_access_report": {"repo_id": "ada/x", "type": "dataset", "user": "eve", "fields": ["email"]},
    "handle_access_request": {
        "repo_id": "ada/x", "type": "dataset", "request_id": "0" * 24, "status": "reset", "reason": "Why?",
    },
}  # fmt: skip

LEARNED = {
    "{slug}": "ada/things-0123456789abcdef01234567",
    "{comment}": "0123456789abcdef01234567",
    "{item}": "0123456789abcdef01234567",
    "{group}": "0123456789abcdef01234567",
}  # what the exchanges learn on their way, as it could be

SPELLINGS: dict[str, list[str]] = {  # further texts that get past the rules, by the argument's name
    "repo_id": ["ada/atlas", "nimbus-labs/storm-atlas-7b", "gpt2", "datasets/a/b", "https://huggingface.co/a/b"],
    "from_repo": ["ada/atlas"], "to_repo": ["ada/map", "nimbus-labs/atlas"],
    "slug": ["ada/things-0123456789abcdef01234567", "a1/b"], "organization": ["nimbus-labs"], "namespace": ["ada"],
    "owner": ["ada"], "users": ["bob"], "username": ["bob"], "user": ["bob"], "author": ["ada"], "submitter": ["ada"], "name": ["a/b", "storm"],
    "resource_group_id": ["0123456789abcdef01234567", "none"], "arxiv_id": ["2311.12983", "arXiv:2311.12983v2"],
    "comment_id": ["0123456789abcdef01234567"], "mount_path": ["/data"], "item_id": ["0123456789abcdef01234567", "models/a/b", "papers/2311.12983"], "item": ["models/a/b", "datasets/a/b"],
    "id": ["a/b", "2311.12983"], "job_id": ["6abf60ffca7ff55b1071f7af"], "job_source_id": ["6abf60ffca7ff55b1071f7af"], "job_namespace": ["ada"], "repo_name": ["ada/x"], "post_author": ["ada"], "paper_id": ["2311.12983"], "article_id": ["x"], "last_update": ["2026-10-01T00:00:00.000Z"], "with_label": ["a=b"], "schedule": ["0 9 * * 1"], "webhook_id": ["0123456789abcdef01234567"], "url": ["https://example.org/hook"], "space_id": ["a/b"], "source": ["a/b"],  "date": ["2026-03-31"], "week": ["2026-W13"], "month": ["2026-03"], "revision": ["refs/pr/1"],
    "subset": ["default", "a b", "%2F", "ж"], "split": ["train"], "cursor": ["7.20.abc", "0.0.2", "items:3"], "key": ["MODEL"],
    "num_parameters": ["min:6B,max:128B"], "fields": ["siblings", "tags"], "title": ["Things"], "path": ["README.md", "a b/%2F.txt", "ж/x"], "paths": ["README.md", "a/b"],
}  # fmt: skip

# Values of arguments that have rules, of all forms.
NAME = st.from_regex(r"[a-z][a-z0-9]{1,8}(-[a-z0-9]{1,5})?", fullmatch=True)
WORD = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12)
SEGMENT = WORD.filter(lambda text: "/" not in text and text not in (".", ".."))
HEX = st.from_regex(r"[0-9a-f]{24}", fullmatch=True)
PATH = st.lists(
    SEGMENT.filter(lambda text: "\\" not in text and text.lower() != ".git"), min_size=1, max_size=3
).map("/".join)
RULED: dict[str, st.SearchStrategy[Any]] = {
    "repo_id": NAME | st.builds("{}/{}".format, NAME, NAME),
    "revision": st.sampled_from(["main", "refs/pr/1", "v1.0", "refs/convert/parquet"]),
    "subset": SEGMENT,
    "split": SEGMENT,
    "organization": NAME,
    "repository": st.builds("models/{}".format, NAME),
    "user": NAME,
    "author": NAME,
    "submitter": NAME,
    "owner": st.lists(NAME, min_size=1, max_size=3),
    "item": st.lists(st.builds("models/{}/{}".format, NAME, NAME), min_size=1, max_size=2),
    "resource_group_id": HEX,
    "slug": st.builds("{}/{}-{}".format, NAME, NAME, HEX),
    "arxiv_id": st.from_regex(r"[0-9]{4}\.[0-9]{5}", fullmatch=True),
    "cursor": st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,6}", fullmatch=True),
    "num_parameters": st.just("min:6B,max:128B"),
    "job_id": HEX,
    "webhook_id": HEX,
    "with_label": st.just("team=fjords"),
    "schedule": st.just("@daily"),
    "namespace": NAME,
    "tail": st.integers(1, 10_000),
    "date": st.just("2025-03-31"),
    "fields": st.just(["tags", "siblings"]),
    "columns": st.just(["id", "likes"]),
    "n": st.integers(0, 9_999),
    "num": st.integers(1, 9_999),
    "start": st.integers(1, 999),
    "limit": st.integers(1, 1000),
    "path": PATH,
    "paths": st.lists(PATH, min_size=1, max_size=2),
    "base": st.sampled_from(["main", "refs/pr/1", "v1.0"]),
    "head": st.sampled_from(["dev", "refs/pr/2", "v1.1"]),
    "start_line": st.integers(1, 50),
    "end_line": st.integers(50, 99),
}


def filled(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of which each is what it is to be, also where it is learned on the way."""
    return {name: LEARNED.get(one, one) if isinstance(one, str) else one for name, one in arguments.items()}


def forms(tool: str) -> list[dict[str, Any]]:
    """Every sample call of a tool, the recorded one first."""
    return [filled(calls[tool]) for calls in (CALLS, OTHER_CALLS) if tool in calls]


def texts(name: str) -> list[str]:
    """Texts that an argument with this name accepts in some tool; empty if no sample has the name."""
    said = [call[name] for tool in CALLS for call in forms(tool) if name in call]
    return [*dict.fromkeys([*SPELLINGS.get(name, []), *(one for one in said if isinstance(one, str))])]
