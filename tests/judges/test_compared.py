"""Nothing of `huggingface_hub` is skipped: each method and verb is tested somewhere, or has a reason why not.

The tests that call them are read, since they run by themselves: a method counts where a test of ours calls
it, a verb where one types it. Another version than the one that was gone through skips.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import HfApi

click = pytest.importorskip("click")
TESTS = Path(__file__).parents[1]
JUDGES = [*(TESTS / "judges").glob("test_*.py"), *(TESTS / "localhub").glob("test_*.py")]
GONE_THROUGH = "2.4"
pytestmark = pytest.mark.skipif(
    not huggingface_hub.__version__.startswith(f"{GONE_THROUGH}."),
    reason=f"the methods of {GONE_THROUGH} were gone through",
)

ENDPOINTS = "inference endpoints have an API of their own, at another host"
BUCKETS = "the local Hub has no buckets: their content is in Xet alone"
HERE = "it works on this machine, without the Hub"
SSH = "it opens a shell over SSH"
SERVER = "the operation is answered from the table; the local Hub does not imitate it"
# Methods by the reason why nothing tests them; a name covers all that begin with it.
METHODS: Mapping[str, str] = {
    **dict.fromkeys(
        ["list_inference_", "create_inference_", "get_inference_", "update_inference_"], ENDPOINTS
    ),
    **dict.fromkeys(
        ["delete_inference_", "pause_inference_", "resume_inference_", "scale_to_zero_"], ENDPOINTS
    ),
    **dict.fromkeys(["batch_bucket_files", "bucket_info", "create_bucket", "delete_bucket"], BUCKETS),
    **dict.fromkeys(["download_bucket_files", "get_bucket_", "list_bucket", "move_bucket"], BUCKETS),
    **dict.fromkeys(["sync_bucket", "sync_job_volume", "update_bucket_settings"], BUCKETS),
    "list_dataset_parquet_files": "it refuses any Hub but huggingface.co before it asks",
    "get_dataset_leaderboard": SERVER,
    "kernel_info": SERVER,
    "get_sharded_safetensors_metadata": SERVER,
    "parse_safetensors_file_metadata": "get_safetensors_metadata calls it",
}
VERBS: Mapping[str, str] = {
    "endpoints": ENDPOINTS,
    **dict.fromkeys(["buckets", "sync"], BUCKETS),
    "sandbox": "a sandbox is a job with a server of its own in it, and nothing runs in the local Hub",
    **dict.fromkeys(
        ["skills", "extensions", "env", "version", "auth switch", "auth token", "cache prune"], HERE
    ),
    **dict.fromkeys(["lfs-enable-largefiles", "lfs-multipart-upload"], "git calls them"),
    **dict.fromkeys(["jobs ssh", "spaces ssh"], SSH),
    "spaces hot-reload": "it needs a process of Gradio that runs",
    **dict.fromkeys(["datasets parquet", "datasets sql"], METHODS["list_dataset_parquet_files"]),
    "datasets leaderboard": SERVER,
}
ALIASES = {"list": ("ls", "ps")}


def called() -> set[str]:
    """What tests call, by its last name."""
    nodes = chain.from_iterable(ast.walk(ast.parse(one.read_text("utf-8"))) for one in JUDGES)
    return {
        node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name))
    }


def typed() -> set[str]:
    """What tests type: the words of a call or a tuple one after the other, and whole texts."""
    found: set[str] = set()
    for file in (one for one in JUDGES if one.name.startswith("test_hf_")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            parts = (
                node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else ()
            )
            found.add(" ".join(str(one.value) for one in parts if isinstance(one, ast.Constant)))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def verbs() -> Iterator[tuple[str, ...]]:
    """Every verb of the command, each with the other names it goes by."""
    from huggingface_hub.cli.hf import app

    def inside(group: click.Group, context: click.Context, path: str) -> Iterator[tuple[str, ...]]:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            names = [name, *ALIASES.get(name, ())]
            if isinstance(command, click.Group):
                inner = click.Context(command, info_name=name, parent=context)
                yield from inside(command, inner, f"{path}{name} ")
            else:
                yield tuple(f"{path}{one}" for one in names)

    yield from inside(app, click.Context(app), "")


def test_every_method_is_called_by_a_judge_or_says_why_not() -> None:
    methods = {name for name in dir(HfApi) if not name.startswith("_") and callable(getattr(HfApi, name))}
    excused = {name for name in methods if name.startswith(tuple(METHODS))}
    judged = methods & called()
    assert len(judged) > 100
    assert sorted(methods - judged - excused) == []
    assert not [reason for reason in METHODS if not any(name.startswith(reason) for name in methods - judged)]


def test_every_verb_of_the_command_is_typed_by_a_judge_or_says_why_not() -> None:
    pytest.importorskip("huggingface_hub.cli.hf")
    texts = typed()

    def is_typed(names: tuple[str, ...]) -> bool:
        return any(text == name or text.startswith(f"{name} ") for name in names for text in texts)

    every = list(verbs())
    assert len(every) > 100
    left = [names[0] for names in every if not is_typed(names)]
    excused = tuple(f"{one} " for one in VERBS)
    assert not [name for name in left if not f"{name} ".startswith(excused)]
    assert not [one for one in VERBS if not any(f"{name} ".startswith(f"{one} ") for name in left)]
