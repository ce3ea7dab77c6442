"""The models of the world: well-known families, and models derived from them by many users."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..content.derived import card_tags
from ..content.file_rules import DEFAULT_ATTRIBUTES
from ..repos.rows import NewFile, NewRepo, readme, text_file
from .fixed_random import NO_DATE, World, digest, oid, png, popularity, roll, some_day

BILLION = 10**9
SHARD = 5 * BILLION
SMALLEST = 10_000_000  # bytes of an adapter
WORDS = ("[PAD]", "[UNK]", "the", "rain", "in", "two", "hours", "and", "then", "sun", "##y", "##s", ".", ",")
TOKENIZER = json.dumps(
    {
        "version": "1.0",
        "added_tokens": [{"id": n, "content": WORDS[n], "special": True} for n in (0, 1)],
        "pre_tokenizer": {"type": "Whitespace"},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "vocab": {word: n for n, word in enumerate(WORDS)},
        },
    },
    indent=2,
)
MODELS_FROM_THE_CROWD = 190


@dataclass(frozen=True, slots=True)
class ModelFamily:
    """Models of one architecture under one owner; `sizes` are (name, parameters, downloads, likes)."""

    owner: str
    kind: str  # the model_type of its config
    task: str
    license: str
    created: str
    sizes: Sequence[tuple[str, int, int, int]]
    library: str = "transformers"
    languages: Sequence[str] = ("en",)
    datasets: Sequence[str] = ()
    papers: Sequence[str] = ()
    gated: str | None = None
    providers: Sequence[str] = ()
    about: str = ""


AUTO = {
    "text-generation": "AutoModelForCausalLM",
    "fill-mask": "AutoModelForMaskedLM",
    "text-classification": "AutoModelForSequenceClassification",
    "summarization": "AutoModelForSeq2SeqLM",
    "translation": "AutoModelForSeq2SeqLM",
    "automatic-speech-recognition": "AutoModelForCTC",
}
TOPICS = (
    "medical-notes", "recipes", "contracts", "chess", "poetry", "sql", "support", "history", "roleplay",
    "math", "tutor", "summaries", "reviews", "norwegian", "swahili", "legal-fr", "haiku", "climate",
)  # fmt: skip


def models(written: World, owners: Sequence[str]) -> Iterator[NewRepo]:
    """Every public, ordinary model of the world; `owners` are the owners of the derived ones."""
    families = [ModelFamily(**entry) for entry in written["families"]]
    bases = [(family, size) for family in families for size in family.sizes]
    for family, (name, parameters, downloads, likes) in bases:
        id = f"{family.owner}/{name}"
        model = _model(family, id, parameters, downloads, likes)
        yield replace(model, former=written["former"].get(id, ()))
    text = [(family, size) for family, size in bases if family.task == "text-generation"]
    for n in range(MODELS_FROM_THE_CROWD):
        family, size = text[roll(len(text), "base", str(n))]
        yield _derived(n, family, size[0], size[1], owners[roll(len(owners), "owner", str(n))])


def _derived(n: int, family: ModelFamily, base: str, parameters: int, owner: str) -> NewRepo:
    """A derived model: quantized, adapted, fine-tuned or merged from a well-known one."""
    relation = ("quantized", "quantized", "finetune", "finetune", "adapter", "merge")[
        roll(6, "relation", str(n))
    ]
    topic = TOPICS[roll(len(TOPICS), "topic", str(n))]
    name = {
        "quantized": f"{base}-{('GGUF', 'AWQ', 'Q4_K_M-GGUF')[roll(3, 'quant', str(n))]}",
        "finetune": f"{base}-{topic}",
        "adapter": f"{base}-{topic}-lora",
        "merge": f"{base}-{topic}-merge",
    }[relation]
    if relation == "quantized":
        owner = "unsloth" if roll(3, "who", str(n)) == 0 else owner
    likes = (roll(400, "l", str(n)) * roll(400, "m", str(n))) // 900
    created = some_day(max(family.created, "2023-01-01T00:00:00.000Z"), "derived", str(n))
    made = replace(
        family,
        owner=owner,
        created=created,
        gated=None,
        providers=(),
        papers=(),
        about=f"{base}, {relation} for {topic}.",
        library={"quantized": "gguf" if "GGUF" in name else "transformers", "adapter": "peft"}.get(
            relation, "transformers"
        ),
    )
    size = parameters // 200 if relation == "adapter" else parameters
    downloads = likes * (30 + roll(400, "d", str(n))) + roll(90, "e", str(n))
    return _model(
        made,
        f"{owner}/{name}-{n}" if relation != "quantized" else f"{owner}/{name}-v{n}",
        size,
        downloads,
        likes,
        base=(relation, f"{family.owner}/{base}"),
    )


def _model(
    family: ModelFamily,
    id: str,
    parameters: int,
    downloads: int,
    likes: int,
    base: tuple[str, str] | None = None,
) -> NewRepo:
    """A model with its card, tags, files and the details only its info answer shows."""
    created = family.created
    modified = some_day(created if created != NO_DATE else "2024-02-01T00:00:00.000Z", "modified", id)
    card: dict[str, object] = {"license": family.license}
    if family.languages:
        card["language"] = list(family.languages) if len(family.languages) > 1 else family.languages[0]
    if family.datasets:
        card["datasets"] = list(family.datasets)
    card |= {"library_name": family.library, "pipeline_tag": family.task}
    if base:
        card |= {"base_model": base[1], "base_model_relation": base[0]}
    gguf = family.library == "gguf"
    chat = family.task == "text-generation" and ("Instruct" in id or "Qwen3" in id)
    tags = [
        *dict.fromkeys([family.library, "gguf" if gguf else "safetensors", family.kind, family.task]),
        *(["conversational"] if chat else []),
        *card_tags(card | {"datasets": list(family.datasets)}, "model"),
        *(f"arxiv:{paper}" for paper in family.papers),
        *((f"base_model:{base[1]}", f"base_model:{base[0]}:{base[1]}") if base else ()),
        *(["text-generation-inference"] if family.task == "text-generation" and not gguf else []),
        "endpoints_compatible",
        "region:us",
    ]
    recent, trending = popularity(likes, created if created != NO_DATE else "2022-03-02T00:00:00.000Z", id)
    return NewRepo(
        "model",
        id,
        oid("model", id, created),
        created,
        modified,
        tags,
        card,
        details=_details(family, id, parameters, chat),
        files=_files(family, id, parameters, card),
        gated=family.gated,
        pipeline_tag=family.task,
        library_name=family.library,
        inference="warm" if family.providers else None,
        downloads=downloads,
        downloads_all_time=downloads * (9 + roll(40, "all", id)),
        likes=likes,
        likes30d=recent,
        trending=trending,
        parameters=parameters,
        labels=[*(("app", app) for app in _apps(family)), *(("provider", p) for p in family.providers)],
        refs=_refs(id),
    )


def _details(family: ModelFamily, id: str, parameters: int, chat: bool) -> dict[str, object]:
    """The fields of an info answer that are not columns."""
    details: dict[str, object] = {"model-index": None}
    if family.library == "gguf":
        details["gguf"] = {"total": parameters, "architecture": family.kind, "context_length": 32768}
    elif family.library != "diffusers":
        details["safetensors"] = {
            "parameters": {"F32" if parameters < BILLION else "BF16": parameters},
            "total": parameters,
        }
    if family.library == "diffusers":
        details["config"] = {"diffusers": {"_class_name": "StableDiffusionPipeline"}}
    else:
        tokenizer = (
            {"chat_template": "{% for message in messages %}{{ message.content }}{% endfor %}"}
            if chat
            else {}
        )
        details["config"] = {
            "architectures": [_architecture(family)],
            "model_type": family.kind,
            "tokenizer_config": tokenizer,
        }
    if family.library == "transformers":
        auto = AUTO.get(family.task, "AutoModel")
        details["transformersInfo"] = {
            "auto_model": auto,
            "pipeline_tag": family.task,
            "processor": "AutoTokenizer",
        }
    if family.task == "fill-mask":
        details |= {"mask_token": "[MASK]", "widgetData": [{"text": "Paris is the [MASK] of France."}]}
    if family.providers:
        task = "conversational" if chat else family.task
        details["inferenceProviderMapping"] = {
            provider: {"isModelAuthor": False, "providerId": id.lower(), "status": "live", "task": task}
            for provider in family.providers
        }
    return details


def _files(family: ModelFamily, id: str, parameters: int, card: dict[str, object]) -> list[NewFile]:
    """The files: text files with their content, weights with only a name and a size."""
    name = id.split("/")[1]
    files = [
        text_file(".gitattributes", DEFAULT_ATTRIBUTES),
        text_file("README.md", readme(card, _readme(family, id))),
    ]
    if family.owner == "nimbus-labs":
        files.append(
            NewFile(
                "figures/rain.png", content=png(24, *(digest("figure", id)[n : n + 2] for n in (0, 2, 4)))
            )
        )
    if family.library == "gguf":
        sizes = (("Q4_K_M", 5), ("Q8_0", 8))
        return [*files, *(NewFile(f"{name}.{quant}.gguf", parameters * bits // 8) for quant, bits in sizes)]
    if family.library == "peft":
        adapter = {
            "peft_type": "LORA",
            "base_model_name_or_path": card["base_model"],
            "r": 16,
            "lora_alpha": 32,
        }
        return [
            *files,
            text_file("adapter_config.json", json.dumps(adapter, indent=2) + "\n"),
            NewFile("adapter_model.safetensors", max(parameters * 4, SMALLEST)),
        ]
    if family.library == "diffusers":
        return [
            *files,
            text_file("model_index.json", '{\n  "_class_name": "StableDiffusionPipeline"\n}\n'),
            NewFile("unet/diffusion_pytorch_model.safetensors", parameters * 4),
            NewFile("vae/diffusion_pytorch_model.safetensors", 334_643_276),
        ]
    config = {"architectures": [_architecture(family)], "model_type": family.kind, "vocab_size": len(WORDS)}
    size = parameters * (4 if parameters < BILLION else 2)
    shards = -(-size // SHARD)
    names = (
        ["model.safetensors"]
        if shards == 1
        else [f"model-{n:05d}-of-{shards:05d}.safetensors" for n in range(1, shards + 1)]
    )
    return [
        *files,
        text_file("config.json", json.dumps(config, indent=2) + "\n"),
        text_file("tokenizer.json", TOKENIZER),
        *(NewFile(name, size // shards) for name in names),
    ]


def _readme(family: ModelFamily, id: str) -> str:
    """The README below the card."""
    name = id.split("/")[1]
    lines = [f"\n# {name}", "", family.about, ""]
    if family.library == "transformers":
        auto = AUTO.get(family.task, "AutoModel")
        lines += ["## Use", "", "```python", f"from transformers import {auto}", "",
                  f'model = {auto}.from_pretrained("{id}")', "```", ""]  # fmt: skip
    lines += ["## Limits", "", "It repeats what its training data says, errors included.", ""]
    if family.papers:
        lines += ["## Papers", "", *(f"- https://arxiv.org/abs/{paper}" for paper in family.papers), ""]
    return "\n".join(lines)


def _architecture(family: ModelFamily) -> str:
    head = {
        "text-generation": "ForCausalLM",
        "fill-mask": "ForMaskedLM",
        "text-classification": "ForSequenceClassification",
    }
    return family.kind.replace("_", "").capitalize() + head.get(family.task, "Model")


def _apps(family: ModelFamily) -> Sequence[str]:
    """The local apps that can run a model of this kind."""
    if family.library == "gguf":
        return ("llama.cpp", "ollama", "lmstudio", "jan")
    if family.task == "text-generation" and family.library == "transformers":
        return ("vllm", "sglang", "docker-model-runner")
    return ("diffusionbee", "draw-things") if family.library == "diffusers" else ()


def _refs(id: str) -> Sequence[str]:
    return () if roll(4, "tagged", id) else ("refs/tags/v1.0", "refs/heads/experimental")
