"""The world's discussions and likes: questions, pull requests, and text that no assistant should obey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ..content.commit_body import CommitRequest, PutTextFile
from ..content.committing import commit_to
from ..content.derived import text_at
from ..discussions.rows import add_comment, add_event, open_discussion
from ..git.history import put_ref, tree_of
from ..store import Store
from .fixed_random import TODAY, World, moment_of, oid, roll, world, written
from .seed_people import crowd

PAGES = ("model", "openai-community/gpt2", 63)  # a repository whose discussions fill more than one page
TOPICS = (
    "How was it trained?", "Commercial use", "Broken link in the card", "Which tokenizer?", "Please quantize",
    "Error when loading", "Thank you!", "Citation", "Add a language", "Wrong config",
)  # fmt: skip
LIKED = {
    "ada": ("model:openai-community/gpt2", "dataset:rajpurkar/squad", "space:nimbus-labs/will-it-rain",
            "model:nimbus-labs/nowcast-base"),
    "bob": ("model:nimbus-labs/nowcast-base", "model:google-bert/bert-base-uncased"),
    "eve": ("dataset:nimbus-labs/rain-gauges", "model:nimbus-labs/nowcast-base"),
}  # fmt: skip
KNOWN_LIKERS = 30  # on repositories of users with a token here; of the others only the number is known


@dataclass(frozen=True, slots=True)
class SeedThread:
    """One discussion; `said` are authors and texts, `changes` a file with old and new text."""

    repo: str  # type:namespace/name
    title: str
    author: str
    day: str
    said: list[tuple[str, str]]
    status: str = "open"
    pinned: bool = False
    file: str | None = None
    replaced: tuple[str, str] = ("", "")


def fill_discussions(store: Store) -> None:
    """Write every discussion, oldest first in each repository."""
    tables: World = world("discussions.json")
    for entry in tables["threads"]:
        _thread(store, SeedThread(**entry))
    type, id, count = PAGES
    people = crowd(count)
    for n in range(count):
        title = TOPICS[roll(len(TOPICS), "thread", str(n))]
        day = written(TODAY - timedelta(days=3 * (count - n)))
        status = "closed" if roll(3, "closed", str(n)) == 0 else "open"
        _thread(
            store,
            SeedThread(
                f"{type}:{id}", title, people[n], day, [(people[n], f"{title} I could not find it.")], status
            ),
        )


def fill_likes(store: Store) -> None:
    """Write the individually known likes."""
    users = {row["name"]: row["id"] for row in store.find_all("users")}
    likes = {(repo, name) for name, repos in LIKED.items() for repo in repos}
    people = crowd(KNOWN_LIKERS)
    for row in store.rows("select type, id, likes from repos where namespace in ('ada', 'nimbus-labs')"):
        likes |= {(f"{row['type']}:{row['id']}", name) for name in people[: row["likes"]]}
    for repo, name in sorted(likes):
        type, _, id = repo.partition(":")
        day = written(TODAY - timedelta(hours=roll(5000, repo, name)))
        store.run(
            "insert into repo_likes (repo, user_id, created_at)"
            " select key, ?, ? from repos where type = ? and id = ?",
            users[name], day, type, id,
        )  # fmt: skip
    store.run(
        "update repos set likes = max(likes, (select count(*) from repo_likes where repo = repos.key))"
        " where key in (select repo from repo_likes)"
    )


def _thread(store: Store, thread: SeedThread) -> None:
    """One discussion with its comments, an hour between them; a pull request with its commit."""
    type, _, id = thread.repo.partition(":")
    repo = store.get("repos", type=type, id=id)
    start = moment_of(thread.day)
    is_pull_request = thread.file is not None
    base = str(repo["sha"]) if is_pull_request else None
    discussion = open_discussion(
        store, repo["key"], thread.author, thread.title, "", thread.status, base,
        moment=thread.day, id=oid("discussion", f"{thread.repo} {thread.title}", thread.day),
    )  # fmt: skip
    for n, (author, words) in enumerate(thread.said):
        moment = written(start + timedelta(hours=n))
        add_comment(store, discussion, author, words, moment, oid("event", f"{discussion['id']} {n}", moment))
    moment = written(start + timedelta(minutes=30))
    if thread.file is not None:
        sha = _proposed(store, repo["key"], thread, discussion["num"], moment)
        facts = {"subject": thread.title, "oid": sha}
        add_event(
            store, discussion, thread.author, "commit", facts, moment, oid("commit", discussion["id"], moment)
        )
        store.update("discussions", {"id": discussion["id"]}, head_sha=sha)
    if thread.status == "closed":
        facts = {"status": "closed"}
        add_event(
            store,
            discussion,
            thread.author,
            "status-change",
            facts,
            moment,
            oid("end", discussion["id"], moment),
        )
    if thread.pinned:
        store.update("discussions", {"id": discussion["id"]}, pinned=1)


def _proposed(store: Store, repo: int, thread: SeedThread, num: int, moment: str) -> str:
    """The commit of a pull request, which replaces one piece of text."""
    row = store.get("repos", key=repo)
    assert thread.file is not None
    old, new = thread.replaced
    text = text_at(store, tree_of(store, repo, row["sha"]), thread.file) or ""
    assert old in text, thread
    ref = f"refs/pr/{num}"
    put_ref(store, repo, ref, row["sha"])
    request = CommitRequest(
        thread.title, operations=[PutTextFile(thread.file, text.replace(old, new, 1).encode())]
    )
    return commit_to(store, row, ref, thread.author, request, moment=moment)
