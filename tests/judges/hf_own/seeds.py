"""Who and what huggingface_hub's tests expect to find on the Hub and on its staging Hub.

The names, tags and dates are those which the tests look for. What cannot be made here stands in
`test_own_tests.py`: contents by the real Hub's own commit ids, and weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from huggingface_hub import HfApi

from hub_mcp.localhub.git.history import put_ref
from hub_mcp.localhub.git.seed_history import fill_histories
from hub_mcp.localhub.repos.rows import NewFile, NewRepo, insert_repos, readme, text_file
from hub_mcp.localhub.store import Store
from hub_mcp.localhub.world.fixed_random import oid

SINCE = "2022-03-02T23:29:05.000Z"
KNOWN = (
    ("clem", "Clem"),
    ("akhaliq", "AK"),
    ("muellerzr", "Zach"),
    ("celinah", "Celina"),
    ("lhoestq", "Quentin"),
)
OWNERS = (
    "HuggingFaceBR4", "LiquidAI", "albert", "bigcode", "black-forest-labs", "deepseek-ai", "gaia-benchmark",
    "google", "huggingface-hub-ci", "microsoft", "open-llm-leaderboard", "openai", "openchat", "teknium",
    "victor", "zai-org",
)  # fmt: skip
DUMMY = ("config.json", "flax_model.msgpack", "merges.txt", "pytorch_model.bin", "tf_model.h5", "vocab.json")
WIDGET = [{"text": "What is a rainbow?"}]
SERVED = {"novita": {"status": "live", "providerId": "deepseek/deepseek-r1-0528", "task": "conversational"}}
CITED = "arxiv:2601.15621"
EMISSIONS = {"co2_eq_emissions": 42}
PAPERS = (
    ("2407.21783", "The Llama 3 Herd of Models"),
    ("2307.09288", "Llama 2: Open Foundation and Fine-Tuned Chat Models"),
    ("2601.15621", "Speech that is made from text"),
    *((f"2510.2400{n}", f"Paper {n} of a Wednesday") for n in range(10)),
)
DAILY = "2025-10-29T00:00:00.000Z"


def fill(store: Store, theirs: Mapping[str, str]) -> None:
    """Write them into the world of a local Hub; `theirs` are the names and tokens of their constants."""
    with store.write():
        _people(store, theirs)
        repos = [*_models(), *_datasets(), *_spaces()]
        insert_repos(store, repos)
        fill_histories(store, repos)
        row = store.row("select key, sha from repos where id = 'bigcode/admin'")
        assert row is not None
        put_ref(store, row["key"], "refs/convert/parquet", row["sha"])
        _collections(store)
        _papers(store)


def discuss(url: str, token: str) -> None:
    """What people have opened there: a crowd of discussions, pull requests, and one of these with weights."""
    api = HfApi(url, token=token)
    for n in range(51):
        api.create_discussion("open-llm-leaderboard/open_llm_leaderboard", f"Question {n}", repo_type="space")
    for n in range(2):
        api.create_pull_request("openchat/openchat_3.5", f"Correction {n}")
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    weights = len(header).to_bytes(8, "little") + header + bytes(4)
    api.upload_file(
        path_or_fileobj=weights,
        path_in_repo="model.safetensors",
        repo_id="huggingface-hub-ci/test_safetensors_metadata",
        create_pr=True,
    )


def _signed_in(theirs: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Names, full names and tokens."""
    return (
        (theirs["USER"], theirs["FULL_NAME"], theirs["TOKEN"]),
        (theirs["OTHER_USER"], "DV User", theirs["OTHER_TOKEN"]),
        (theirs["ENTERPRISE_USER"], "Enterprise Admin", theirs["ENTERPRISE_TOKEN"]),
        ("user", "User", "hf_fake_token"),  # of a test that once replayed recordings
    )


def _people(store: Store, theirs: Mapping[str, str]) -> None:
    signed_in = _signed_in(theirs)
    users = [*((name, full) for name, full, _ in signed_in), *KNOWN]
    everybody = [name for name, _ in users]
    # Name, full name, plan, default visibility, and admins.
    orgs = (
        (theirs["ENTERPRISE_ORG"], "Enterprise Org", "enterprise", "private", [theirs["ENTERPRISE_USER"]]),
        ("valid_org_hub", "Dummy Hub Org", None, "public", [theirs["USER"]]),
        ("huggingface", "Hugging Face", "enterprise", "public", ["julien-c", "lysandre", *everybody]),
        *((name, name, None, "public", ["clem"]) for name in OWNERS),
    )
    store.run_many(
        "insert into users (id, name, fullname, email, avatar_url, is_pro, created_at)"
        " values (?, ?, ?, ?, '/avatars/them.svg', 1, ?)",
        [(_user(name), name, full, f"{name}@example.invalid", SINCE) for name, full in users],
    )
    store.run_many(
        "insert into tokens (token, user_id, display_name, role, created_at) values (?, ?, 'ci', 'write', ?)",
        [(token, _user(name), SINCE) for name, _, token in signed_in],
    )
    store.run_many(
        "insert into orgs (id, name, fullname, avatar_url, plan, default_visibility, created_at)"
        " values (?, ?, ?, 'https://example.invalid/they.svg', ?, ?, ?)",
        [(_org(name), name, full, plan, seen, SINCE) for name, full, plan, seen, _ in orgs],
    )
    for name, *_, admins in orgs:
        for admin in admins:
            store.run(
                "insert or ignore into members (org_id, user_id, role)"
                " select ?, id, 'admin' from users where name = ?",
                _org(name),
                admin,
            )
    for followed in (_user("clem"), _org("huggingface")):
        everybody = (
            "insert or ignore into followers (account_id, user_id) select ?, id from users where id != ?"
        )
        store.run(everybody, followed, followed)
    store.run(
        "insert or ignore into followers (account_id, user_id) select id, ? from users where id != ?",
        _user("clem"),
        _user("clem"),
    )


def _models() -> list[NewRepo]:
    weights = NewFile("pytorch_model-00001-of-00008.bin", 1_000_000)
    return [
        _repo(
            "model",
            "julien-c/dummy-unknown",
            files=[text_file(".gitattributes", ""), *(NewFile(name, 1_000) for name in DUMMY)],
        ),
        *(_repo("model", f"{owner}/rain-{n}") for owner in ("google", "huggingface") for n in range(11)),
        *(_repo("model", f"google/bert-{n}", tags=["bert", "jax"]) for n in range(11)),
        _repo("model", "muellerzr/rain"),
        _repo("model", "albert/albert-base-v2", task="fill-mask"),
        _repo("model", "microsoft/wavlm-base-sd", tags=["pytorch"]),
        _repo("model", "HuggingFaceBR4/rain", tags=["tensorboard"]),
        _repo("model", "openai/emitting", tags=["co2_eq_emissions"], card=EMISSIONS),
        _repo("model", "HuggingFaceH4/zephyr-7b-beta", details={"widgetData": WIDGET}, files=[weights]),
        _repo(
            "model",
            "deepseek-ai/DeepSeek-R1-0528",
            details={"inferenceProviderMapping": SERVED},
            labels=[("provider", name) for name in SERVED],
        ),
        _repo("model", "zai-org/GLM-5.2", tags=[CITED]),
        _repo("model", "openchat/openchat_3.5"),
        _repo("model", "teknium/OpenHermes-2.5-Mistral-7B"),
        _repo("model", "huggingface-hub-ci/test_safetensors_metadata"),
    ]


def _datasets() -> list[NewRepo]:
    return [
        _repo("dataset", "huggingface/DataMeasurementsFiles"),
        _repo("dataset", "gaia-benchmark/GAIA", tags=["benchmark:official"], card={"license": "mit"}),
        _repo("dataset", "lhoestq/custom_squad", files=[NewFile("train.parquet", 9_000)]),
        _repo("dataset", "HuggingFaceH4/no_robots", tags=["language_creators:crowdsourced"]),
        _repo("dataset", "openai/gsm8k", tags=["task_ids:natural-language-inference"]),
        _repo("dataset", "bigcode/admin", tags=["multilinguality:multilingual"]),
        *(_repo("dataset", f"lhoestq/wikipedia-{n}") for n in range(6)),
    ]


def _spaces() -> list[NewRepo]:
    image = {"title": "Generate an image", "short_description": "Generate an image from words"}
    old = {"models": ["bert-base-uncased"], "datasets": ["wikipedia"]}
    return [
        *(_repo("space", f"julien-c/rain-{n}") for n in range(30)),
        _repo("space", "victor/static-space"),
        _repo("space", "HuggingFaceH4/zephyr-chat", tags=[CITED]),
        _repo("space", "black-forest-labs/FLUX.1-dev", card={**image, "models": ["zai-org/GLM-5.2"]}),
        _repo("space", "lhoestq/wikipedia-search", card=old),
        _repo("space", "open-llm-leaderboard/open_llm_leaderboard"),
    ]


def _repo(
    type: str,
    id: str,
    *,
    tags: list[str] | None = None,
    card: dict[str, object] | None = None,
    details: dict[str, object] | None = None,
    files: list[NewFile] | None = None,
    labels: list[tuple[str, str]] | None = None,
    task: str | None = None,
) -> NewRepo:
    card, running = card or {}, {"runtime": {"stage": "RUNNING", "hardware": {"current": "cpu-basic"}}}
    used = [(kind, str(one)) for kind in ("model", "dataset") for one in _listed(card, f"{kind}s")]
    return NewRepo(
        type,
        id,
        oid(type, id, SINCE),
        SINCE,
        "2026-01-05T00:00:00.000Z",
        tags=[*(tags or []), *([task] if task else [])],
        card=card,
        details=details or (running if type == "space" else {}),
        files=[text_file("README.md", readme(card, f"# {id}")), *(files or [])],
        pipeline_tag=task,
        sdk="gradio" if type == "space" else None,
        labels=[*(labels or []), *used],
    )


def _listed(card: dict[str, object], name: str) -> list[object]:
    found = card.get(name, [])
    assert isinstance(found, list)
    return found


def _collections(store: Store) -> None:
    """Three that hold a model, and one that holds collections."""
    gathered = [oid("collection", f"hermes {n}", SINCE) for n in range(3)]
    outer = "6826023e8ae9b24b3039ee5f"
    titles = {id: f"Hermes {n}" for n, id in enumerate(gathered)} | {
        outer: "Inference Providers Function Calling"
    }
    store.run_many(
        "insert into collections (id, namespace, title, title_slug, theme, creator, last_updated)"
        " values (?, 'celinah', ?, ?, 'blue', ?, ?)",
        [
            (id, title, title.lower().replace(" ", "-"), _user("celinah"), SINCE)
            for id, title in titles.items()
        ],
    )
    model = oid("model", "teknium/OpenHermes-2.5-Mistral-7B", SINCE)
    items = [
        *((id, "model", model, 0) for id in gathered),
        *((outer, "collection", id, n) for n, id in enumerate(gathered)),
    ]
    store.run_many(
        "insert into collection_items (id, collection, type, target, position) values (?, ?, ?, ?, ?)",
        [(oid("item", f"{id} {target}", SINCE), id, kind, target, n) for id, kind, target, n in items],
    )


def _papers(store: Store) -> None:
    store.run_many(
        "insert into papers (id, title, summary, authors, published_at, submitted_at, submitted_by,"
        " discussion_id) values (?, ?, 'What they found.', '[]', ?, ?, ?, ?)",
        [
            (id, title, DAILY, DAILY, _user("akhaliq"), oid("discussion", id, SINCE))
            if id.startswith("2510")
            else (id, title, SINCE, None, None, oid("discussion", id, SINCE))
            for id, title in PAPERS
        ],
    )


def _user(name: str) -> str:
    return oid("user", name, SINCE)


def _org(name: str) -> str:
    return oid("org", name, SINCE)
