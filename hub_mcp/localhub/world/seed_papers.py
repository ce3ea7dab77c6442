"""The papers of the world: those its repositories cite, and half a year of daily papers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ..store import Store, Value
from .fixed_random import TODAY, digest, moment_of, oid, roll, world, written

DAYS = 120  # of daily papers, back from the world's last day
CROWDED = 7  # this many days before it, a day has more papers than fit on a page
MOST = 60  # papers on that day
FIRST_DAILY = "2023-05-04"  # the first daily paper
SUBMITTERS = ("ada", "bob", "cleo", "eve", "julien-c", "lysandre")


@dataclass(frozen=True, slots=True)
class SeedPaper:
    """A paper; an author who has claimed it is written `Name@user`."""

    id: str
    title: str
    day: str
    authors: Sequence[str]
    summary: str
    upvotes: int
    details: Mapping[str, object] = field(default_factory=dict[str, object])
    submitted: str | None = None


def fill_papers(store: Store) -> None:
    """Write the papers, their discussions, and which Spaces cite them; after people and repositories."""
    tables = world("papers.json")
    users = {row["name"]: str(row["id"]) for row in store.find_all("users")}
    known = [SeedPaper(**row) for row in tables["known"]]
    _write(store, users, [*known, *_of_chance(tables["words"])])
    said: dict[str, str] = {}
    for paper, name, when, text, answers in tables["comments"]:
        id = oid("comment", f"{paper} {when}", when)
        store.insert(
            "paper_comments",
            id=id,
            paper=paper,
            author=users[name],
            created_at=when,
            text=text,
            answers=said[paper] if answers else None,
        )
        said[paper] = id
    for space, papers in tables["cited_by_spaces"].items():
        _cite(store, space, [f"arxiv:{paper}" for paper in papers])


def _of_chance(words: Mapping[str, Sequence[str]]) -> Iterator[SeedPaper]:
    """Made-up papers: a few for every working day, and many for one day."""
    serial = 0
    for back in range(DAYS):
        day = TODAY - timedelta(days=back)
        some = roll(4, "papers", str(back)) if day.weekday() < 5 else 0
        for n in range(MOST if back == CROWDED else some):
            serial += 1
            since = day - timedelta(days=1 + roll(6, "published", str(serial)))
            id = f"{since:%y%m}.{10_000 + serial * 37 % 20_000:05d}"
            how, what, where = (
                words[key][roll(len(words[key]), key, id)] for key in ("how", "what", "where")
            )
            names = words["names"]
            authors = {names[roll(len(names), "name", id, str(k))] for k in range(1 + roll(4, "authors", id))}
            stars = roll(900, "stars", id)
            yield SeedPaper(
                id,
                how.format(what) + where,
                f"{since:%Y-%m-%d}",
                sorted(authors),
                f"We study {what.lower()} with {2 + n} models and {1 + roll(9, 'sets', id)} datasets."
                f" A simple change helps by {roll(80, 'gain', id) / 10} points. We show where it does not.",
                roll(40, "up", id) * roll(9, "votes", id) // 2,
                {"githubRepo": f"https://github.com/example/{digest(id)[:8]}", "githubStars": stars}
                if stars % 3
                else {},
                f"{day:%Y-%m-%d}",
            )


def _write(store: Store, users: Mapping[str, str], papers: Sequence[SeedPaper]) -> None:
    for paper in papers:
        since, later = f"{paper.day}T00:00:00.000Z", paper.submitted or _next_working_day(paper.day)
        store.insert(
            "papers",
            id=paper.id,
            title=paper.title,
            summary=paper.summary,
            authors=_authors(paper, since),
            published_at=since,
            submitted_at=f"{later}T00:00:00.000Z" if later else None,
            submitted_by=users[SUBMITTERS[roll(len(SUBMITTERS), paper.id)]] if later else None,
            upvotes=paper.upvotes,
            discussion_id=oid("discussion", paper.id, since),
            details=json.dumps(paper.details),
        )


def _next_working_day(day: str) -> str | None:
    """When a paper became a daily paper; None before there were any."""
    if day < FIRST_DAILY:
        return None
    later = moment_of(f"{day}T00:00:00.000Z") + timedelta(days=1)
    while later.weekday() > 4:
        later += timedelta(days=1)
    return written(later)[:10]


def _authors(paper: SeedPaper, since: str) -> str:
    """The authors with their ids, and the users who have claimed authorship."""
    people = [name.partition("@") for name in paper.authors]
    authors = [
        {"_id": oid("author", f"{paper.id} {name}", since), "name": name} | ({"user": user} if user else {})
        for name, _, user in people
    ]
    return json.dumps(authors, ensure_ascii=False)


def _cite(store: Store, space: str, tags: list[str]) -> None:
    """Tag a Space with papers."""
    row = store.row("select key, tags from repos where type = 'space' and id = ?", space)
    assert row is not None
    all_tags = json.dumps([*json.loads(row["tags"]), *tags])
    store.update("repos", {"key": row["key"]}, tags=all_tags)
    labels: list[tuple[Value, ...]] = [("tag", tag, row["key"]) for tag in tags]
    store.insert_many("labels", "kind, value, repo", labels)
