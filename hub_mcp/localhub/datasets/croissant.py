"""A dataset's Croissant document: JSON-LD that says which parquet files contain which columns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from ..people.rows import org_named, user_named
from ..store import Store
from ..tags.tag_labels import LANGUAGES

PLAIN = (
    "citeAs", "column", "fileProperty", "fileObject", "fileSet", "field", "format", "includes",
    "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
    "repeated", "replace", "separator", "source", "subField", "transform", "extract", "isArray", "arrayShape",
    "equivalentProperty", "samplingRate",
)  # fmt: skip
CONTEXT: dict[str, object] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{word: f"cr:{word}" for word in PLAIN},
}

# The columns of the files in shards/, as dev/shards.py writes them: name and type, None for a nested one,
# which the Hub's Croissant documents leave out.
COLUMNS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "questions": (("id", "sc:Text"), ("title", "sc:Text"), ("context", "sc:Text"), ("question", "sc:Text"),
                  ("answers", None)),
    "plots": (("plot_id", "sc:Text"), ("plot", "sc:Text"), ("title", "sc:Text"), ("question_id", "sc:Text"),
              ("question", "sc:Text"), ("answers", None), ("no_answer", "sc:Boolean")),
    "chats": (("prompt", "sc:Text"), ("prompt_id", "sc:Text"), ("messages", None)),
    "reviews": (("text", "sc:Text"), ("label", "cr:Int64")),
    "rain": (("station", "sc:Text"), ("time", "sc:Date"), ("millimetres", "cr:Float64")),
    "places": (("name", "sc:Text"), ("language", "sc:Text"), ("latitude", "cr:Float64"),
               ("longitude", "cr:Float64"), ("population", "cr:Int64")),
}  # fmt: skip


def croissant(
    store: Store, repo: sqlite3.Row, shards: Sequence[sqlite3.Row], origin: str
) -> dict[str, object]:
    """The document for a dataset with these shards."""
    card: dict[str, object] = json.loads(repo["card"])
    url = f"{origin}/datasets/{repo['id']}"
    subsets: dict[str, list[sqlite3.Row]] = {}
    for row in shards:
        subsets.setdefault(row["subset"], []).append(row)
    org, user = org_named(store, repo["namespace"]), user_named(store, repo["namespace"])
    names = [repo["id"], *([card["pretty_name"]] if "pretty_name" in card else [])]
    answer: dict[str, object] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "distribution": [_repository(url), *(_files(subset) for subset in subsets)],
        "recordSet": [
            record for name, rows in subsets.items() for record in _records(repo["id"], name, rows)
        ],
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": repo["name"],
        "description": repo["description"] or "",
        "alternateName": names,
        "creator": {
            "@type": "Organization" if org else "Person",
            "name": (org or user or {"fullname": repo["namespace"]})["fullname"],
            "url": f"{origin}/{repo['namespace']}",
        },
        "keywords": _keywords(json.loads(repo["tags"])),
        "url": url,
        "datePublished": repo["created_at"],
    }
    if isinstance(card.get("license"), str):
        answer["license"] = f"https://choosealicense.com/licenses/{card['license']}/"
    citation = json.loads(repo["details"]).get("citation")
    return answer | ({"citeAs": citation} if citation else {})


def _repository(url: str) -> dict[str, object]:
    return {
        "@type": "cr:FileObject",
        "@id": "repo",
        "name": "repo",
        "description": "The Hugging Face git repository.",
        "contentUrl": f"{url}/tree/refs%2Fconvert%2Fparquet",
        "encodingFormat": "git+https",
        "sha256": "https://github.com/mlcommons/croissant/issues/80",
    }


def _files(subset: str) -> dict[str, object]:
    return {
        "@type": "cr:FileSet",
        "@id": f"parquet-files-for-config-{subset}",
        "name": f"parquet-files-for-config-{subset}",
        "description": f"The parquet files of the subset '{subset}'.",
        "containedIn": {"@id": "repo"},
        "encodingFormat": "application/x-parquet",
        "includes": f"{subset}/*/*.parquet",
    }


def _records(id: str, subset: str, rows: Sequence[sqlite3.Row]) -> list[dict[str, object]]:
    """The splits of a subset as one record set, its rows as another."""
    splits = list(dict.fromkeys(str(row["split"]) for row in rows))
    columns = COLUMNS[str(rows[0]["file"]).split("-")[0]]
    skipped = [name for name, type in columns if type is None]
    words = (
        f"{id} - '{subset}' subset\n\nAdditional information:\n- {len(splits)} splits: {', '.join(splits)}"
    )
    if skipped:
        words += f"\n- {len(skipped)} skipped columns: {', '.join(skipped)}"
    files = {"fileSet": {"@id": f"parquet-files-for-config-{subset}"}}
    split = {
        "@type": "cr:Field",
        "@id": f"{subset}/split",
        "name": f"{subset}/split",
        "description": "Split to which the example belongs to.",
        "dataType": "sc:Text",
        "source": files
        | {
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": f"{subset}/(?:partial-)?({'|'.join(splits)})/.+parquet$"},
        },
        "references": {"field": {"@id": f"{subset}_splits/split_name"}},
    }
    fields = [split] + [_column(subset, name, type, files) for name, type in columns if type is not None]
    return [
        {
            "@type": "cr:RecordSet",
            "@id": f"{subset}_splits",
            "name": f"{subset}_splits",
            "description": f"Splits for the {subset} config.",
            "dataType": "cr:Split",
            "key": {"@id": f"{subset}_splits/split_name"},
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": f"{subset}_splits/split_name",
                    "name": f"{subset}_splits/split_name",
                    "description": "The name of the split.",
                    "dataType": "sc:Text",
                }
            ],
            "data": [{f"{subset}_splits/split_name": name} for name in splits],
        },
        {"@type": "cr:RecordSet", "@id": subset, "name": subset, "description": words, "field": fields},
    ]


def _column(subset: str, name: str, type: str, files: dict[str, dict[str, str]]) -> dict[str, object]:
    return {
        "@type": "cr:Field",
        "@id": f"{subset}/{name}",
        "name": f"{subset}/{name}",
        "description": f"Column '{name}' from the Hugging Face parquet file.",
        "dataType": type,
        "source": {**files, "extract": {"column": name}},
    }


def _keywords(tags: Sequence[str]) -> list[str]:
    """The tags as words: languages by name, the others without their type prefix."""
    words: list[str] = []
    for tag in tags:
        prefix, _, rest = tag.partition(":")
        if prefix == "language":
            words.append(LANGUAGES.get(rest, rest))
        else:
            words.append(rest if rest and prefix not in ("arxiv", "doi") else tag)
    return list(dict.fromkeys([*words, "Croissant"]))
