"""The datasets of the world, with their parquet conversions in shards/."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..content.derived import card_tags
from ..content.file_rules import DEFAULT_ATTRIBUTES
from ..repos.rows import NewFile, NewRepo, readme, text_file
from ..store import shard
from .fixed_random import NO_DATE, World, born, oid, popularity, roll, some_day

SMALL = 100_000  # rows of a dataset whose own files are the shards that ship with the local Hub
DATASETS_FROM_THE_CROWD = 85

# subset → split → how many shards; the kind says which of the files in shards/ they are
Conversion = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class SeedDataset:
    """A well-known dataset."""

    id: str
    title: str
    tasks: Sequence[str]
    license: str
    created: str
    rows: int
    downloads: int
    likes: int
    kind: str
    conversion: Conversion
    languages: Sequence[str] = ("en",)
    papers: Sequence[str] = ()
    gated: str | None = None
    visibility: str = "public"
    former: Sequence[str] = ()
    about: str = ""
    citation: str | None = None


TOPICS = (
    ("recipes", "text-generation"), ("court-rulings", "text-classification"),
    ("birdsong", "audio-classification"), ("street-signs", "object-detection"),
    ("forum-threads", "text-generation"), ("lullabies", "translation"),
    ("chess-games", "tabular-classification"), ("x-rays", "image-classification"),
    ("proverbs", "translation"), ("unit-tests", "text-generation"),
    ("tide-tables", "time-series-forecasting"), ("menus", "token-classification"),
    ("haiku", "text-generation"), ("patents", "summarization"), ("trail-cams", "image-classification"),
)  # fmt: skip
SIZES = (
    (1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"), (10**8, "10M<n<100M"), (10**9, "100M<n<1B"), (10**10, "1B<n<10B"),
    (10**12, "10B<n<100B"),
)  # fmt: skip


def datasets(written: World, owners: Sequence[str]) -> Iterator[tuple[NewRepo, str, Conversion]]:
    """Every dataset, with the kind of its rows and its conversion."""
    for entry in written["datasets"]:
        known = SeedDataset(**entry)
        yield _dataset(known), known.kind, known.conversion
    for n in range(DATASETS_FROM_THE_CROWD):
        known = _from_the_crowd(n, owners[roll(len(owners), "data", str(n))])
        yield _dataset(known), known.kind, known.conversion


def _from_the_crowd(n: int, owner: str) -> SeedDataset:
    topic, task = TOPICS[roll(len(TOPICS), "topic", str(n))]
    likes = roll(60, "likes", str(n)) * roll(60, "more", str(n)) // 60
    language = ("en", "fr", "de", "es", "ja", "sw", "pt", "hi")[roll(8, "language", str(n))]
    kind, splits = (
        ("reviews", {"train": 1, "test": 1}),
        ("questions", {"train": 1}),
        ("chats", {"train": 1}),
    )[roll(3, "kind", str(n))]
    return SeedDataset(
        f"{owner}/{topic}-{language}-{n}",
        topic.replace("-", " ").title(),
        (task,),
        ("mit", "cc-by-4.0", "apache-2.0", "cc0-1.0", "odc-by")[roll(5, "license", str(n))],
        born(2023 + roll(4, "year", str(n)), "dataset", str(n)),
        10 ** (2 + roll(5, "rows", str(n))) + roll(97, "r", str(n)),
        likes * (20 + roll(90, "d", str(n))),
        likes,
        kind,
        {"default": splits} if roll(5, "viewer", str(n)) else {},
        languages=(language,),
        gated="auto" if roll(14, "gate", str(n)) == 0 else None,
        about=f"{topic.replace('-', ' ').capitalize()} collected by {owner}.",
    )


def _dataset(known: SeedDataset) -> NewRepo:
    card: dict[str, object] = {
        "license": known.license,
        "language": list(known.languages),
        "task_categories": list(known.tasks),
        "size_categories": [next(label for most, label in SIZES if known.rows < most)],
        "pretty_name": known.title,
        "configs": [
            {
                "config_name": subset,
                "data_files": [{"split": split, "path": f"{subset}/{split}-*"} for split in splits],
            }
            for subset, splits in known.conversion.items()
        ],
    }
    tags = [
        *card_tags(card, "dataset"),
        "format:parquet" if known.conversion else "format:json",
        "modality:text",
        "library:datasets",
        "library:pandas",
        "library:mlcroissant",
        "library:polars",
        *(f"arxiv:{paper}" for paper in known.papers),
        "region:us",
    ]
    id, created = known.id, known.created
    recent, trending = popularity(known.likes, created, id)
    title = f"\n\t\n\t\t\n\t\tDataset Card for {known.title}\n\t\n\n"
    words = f"{title}{known.about} See the full description on the dataset page."
    data = [
        _data_file(known, f"{subset}/{split}-{n:05d}-of-{shards:05d}.parquet", n, shards)
        for subset, splits in known.conversion.items()
        for split, shards in splits.items()
        for n in range(shards)
    ]
    files = [
        text_file(".gitattributes", DEFAULT_ATTRIBUTES),
        text_file("README.md", readme(card, f"\n# {known.title}\n\n{known.about}\n")),
        *(data or [NewFile("data.jsonl", known.rows * 120)]),
    ]
    return NewRepo(
        "dataset",
        id,
        oid("dataset", id, created),
        created,
        some_day(created if created != NO_DATE else "2024-01-04T00:00:00.000Z", "modified", id),
        tags,
        card,
        {"citation": known.citation, "paperswithcode_id": None},
        files,
        known.visibility,
        known.gated,
        description=words,
        downloads=known.downloads,
        downloads_all_time=known.downloads * 21,
        likes=known.likes,
        likes30d=recent,
        trending=trending,
        rows=known.rows,
        former=known.former,
    )


def _data_file(known: SeedDataset, path: str, n: int, shards: int) -> NewFile:
    """One of the dataset's own files: with its bytes if it is small, otherwise only a name and a size."""
    if known.rows < SMALL:
        name = f"{known.kind}-{n % 2}.parquet"
        return NewFile(path, len(shard(name)), shard=name)
    return NewFile(path, max(4_000, known.rows * 90 // shards))
