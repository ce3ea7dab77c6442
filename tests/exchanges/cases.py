"""A call of each tool on the local Hub's world: the arguments of the recorded exchanges, in this order."""

from typing import Any

GROUP = "6772029e969d97a26c59dc28"  # "Storm team" of nimbus-labs
FJORDS = {"repo_id": "ada/fjord-names", "type": "model"}
COMMENT = {**FJORDS, "num": 1, "comment_id": "{comment}"}

CASES: dict[str, dict[str, Any]] = {
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
    "list_organization_members": {"organization": "nimbus-labs", "limit": 3},
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
    "delete_discussion": {**FJORDS, "num": 2},
}
