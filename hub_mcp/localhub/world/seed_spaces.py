"""The Spaces of the world: demos of its models in every state a Space can be in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..content.file_rules import DEFAULT_ATTRIBUTES
from ..repos.rows import NewFile, NewRepo, readme, text_file
from ..spaces.shapes import subdomain_of
from .fixed_random import World, born, oid, popularity, roll, some_day

SPACES_FROM_THE_CROWD = 60


@dataclass(frozen=True, slots=True)
class SeedSpace:
    """A Space and its content."""

    id: str
    sdk: str | None
    stage: str
    hardware: str | None
    likes: int
    created: str
    models: Sequence[str]
    about: str
    datasets: Sequence[str] = ()
    visibility: str = "public"
    emoji: str = "🌦️"
    volumes: Sequence[Mapping[str, object]] = ()
    settings: Mapping[str, object] = field(default_factory=dict[str, object])


IDEAS = (
    ("chat-with", "gradio", "💬"),
    ("compare", "gradio", "⚖️"),
    ("leaderboard-of", "docker", "🏆"),
    ("tiny", "static", "🐜"),
    ("summarize-with", "gradio", "📰"),
)
STAGES = ("RUNNING", "RUNNING", "RUNNING", "SLEEPING", "SLEEPING", "PAUSED", "BUILD_ERROR", "STOPPED")


def spaces(written: World, owners: Sequence[str], models: Sequence[str]) -> Iterator[NewRepo]:
    """Every Space; the crowd's use one of `models` each."""
    for entry in written["spaces"]:
        yield _space(SeedSpace(**entry))
    for n in range(SPACES_FROM_THE_CROWD):
        model = models[roll(len(models), "model", str(n))]
        idea, sdk, emoji = IDEAS[roll(len(IDEAS), "idea", str(n))]
        stage = "RUNNING" if sdk == "static" else STAGES[roll(len(STAGES), "stage", str(n))]
        hardware = (
            None if sdk == "static" else ("cpu-basic", "zero-a10g", "t4-small")[roll(3, "hardware", str(n))]
        )
        likes = roll(50, "likes", str(n)) * roll(50, "more", str(n)) // 12
        id = f"{owners[roll(len(owners), 'space', str(n))]}/{idea}-{model.split('/')[1]}"
        created = born(2023 + roll(4, "year", str(n)), "space", str(n))
        yield _space(
            SeedSpace(id, sdk, stage, hardware, likes, created, (model,), f"{idea} {model}", emoji=emoji)
        )


def _space(demo: SeedSpace) -> NewRepo:
    id, sdk = demo.id, demo.sdk
    card: dict[str, object] = {
        "title": id.split("/")[1].replace("-", " ").capitalize(),
        "emoji": demo.emoji,
        "colorFrom": "blue",
        "colorTo": "gray",
    }
    if sdk is not None:
        card |= {"sdk": sdk, "pinned": False, "short_description": demo.about[:60]}
        card |= {"sdk_version": "5.47.0", "app_file": "app.py"} if sdk == "gradio" else {}
    card |= {"models": list(demo.models)} if demo.models else {}
    recent, trending = popularity(demo.likes, demo.created, id)
    app = {"static": "index.html", "docker": "Dockerfile"}.get(sdk or "", "app.py")
    files = [
        text_file(".gitattributes", DEFAULT_ATTRIBUTES),
        text_file("README.md", readme(card, f"\n{demo.about}\n")),
        *(_app(demo, app) if sdk else []),
    ]
    return NewRepo(
        "space",
        id,
        oid("space", id, demo.created),
        demo.created,
        some_day(demo.created, "modified", id),
        [*([sdk] if sdk else []), "region:us"],
        card,
        {"runtime": _runtime(demo), **demo.settings},
        files,
        demo.visibility,
        sdk=sdk,
        likes=demo.likes,
        likes30d=recent,
        trending=trending,
        labels=[*(("model", model) for model in demo.models), *(("dataset", name) for name in demo.datasets)],
    )


def _runtime(demo: SeedSpace) -> Mapping[str, object]:
    sdk, stage, hardware = demo.sdk, demo.stage, demo.hardware
    runtime: dict[str, object] = {
        "stage": stage,
        "hardware": {"current": hardware if stage == "RUNNING" else None, "requested": hardware},
        "storage": None,
    }
    if sdk == "static":
        return runtime | {"replicas": {"requested": 1, "current": 1}}
    runtime |= {
        "gcTimeout": 172800,
        "replicas": {"current": int(stage == "RUNNING"), "requested": 1},
        "devMode": False,
    }
    if demo.volumes:
        runtime["volumes"] = [*demo.volumes]
    if stage in ("BUILD_ERROR", "RUNTIME_ERROR"):
        runtime["errorMessage"] = "Exit code: 1. Reason: ModuleNotFoundError: No module named 'torch'"
    return runtime | {"domains": [{"domain": f"{subdomain_of(demo.id)}.hf.space", "stage": "READY"}]}


def _app(demo: SeedSpace, app: str) -> list[NewFile]:
    """The Space's app file."""
    model = demo.models[0] if demo.models else "openai-community/gpt2"
    if app == "index.html":
        return [text_file(app, f"<!doctype html>\n<title>{demo.about}</title>\n<h1>{demo.about}</h1>\n")]
    if app == "Dockerfile":
        steps = 'COPY . /app\nWORKDIR /app\nCMD ["python", "serve.py"]\n'
        return [text_file(app, f"FROM python:3.12-slim\n{steps}"),
                text_file("serve.py", "from http.server import test\n\ntest(port=7860)\n")]  # fmt: skip
    code = f'''"""{demo.about}."""

import gradio as gr
from transformers import pipeline

pipe = pipeline(model="{model}")


def answer(text: str) -> str:
    return str(pipe(text))


gr.Interface(answer, "text", "text").launch()
'''
    return [text_file(app, code), text_file("requirements.txt", "transformers\ntorch\n")]
