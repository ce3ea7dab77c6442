"""Write the parquet files that ship with the local Hub; run once, by hand, with pyarrow installed.

    python -m hub_mcp.dev.shards

The columns are repeated in `localhub/datasets/croissant.py`; a test keeps the two in sync.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

pa: Any = import_module("pyarrow")  # Any: pyarrow has no types
pq: Any = import_module("pyarrow.parquet")

FOLDER = Path(__file__).parent.parent / "localhub" / "datasets" / "shards"
ROWS = 24  # rows per file
Columns = dict[str, list[object]]

PLACES = ("Bergen", "Tromsø", "Caerdydd", "Gaillimh", "Reykjavík", "Mombasa", "Ìbàdàn", "Québec")
WEATHER = ("light rain", "fog until noon", "a gale from the west", "sun", "sleet", "the first snow")


def questions(n: int) -> Columns:
    """Questions answered by a span of a text."""
    rows: Columns = {"id": [], "title": [], "context": [], "question": [], "answers": []}
    for i in range(n * ROWS, (n + 1) * ROWS):
        place, sky = PLACES[i % len(PLACES)], WEATHER[i % len(WEATHER)]
        context = (
            f"On day {i} there was {sky} in {place}, and the ferries left {'late' if i % 3 else 'on time'}."
        )
        rows["id"].append(f"{i:024x}")
        rows["title"].append(place)
        rows["context"].append(context)
        rows["question"].append(f"What was the weather in {place} on day {i}?")
        rows["answers"].append({"text": [sky], "answer_start": [context.index(sky)]})
    return rows


def plots(n: int) -> Columns:
    """Questions about the plots of films."""
    rows: Columns = {
        name: [] for name in ("plot_id", "plot", "title", "question_id", "question", "answers", "no_answer")
    }
    for i in range(n * ROWS, (n + 1) * ROWS):
        place = PLACES[i % len(PLACES)]
        rows["plot_id"].append(f"/m/{i:06x}")
        rows["plot"].append(
            f"A lighthouse keeper in {place} finds a letter that was posted to somebody else."
        )
        rows["title"].append(f"The Keeper of {place}")
        rows["question_id"].append(f"q{i:08d}")
        rows["question"].append("Where does the keeper live?" if i % 4 else "Who wrote the letter?")
        rows["answers"].append([place] if i % 4 else [])
        rows["no_answer"].append(i % 4 == 0)
    return rows


def chats(n: int) -> Columns:
    """Conversations between a person and an assistant."""
    rows: Columns = {"prompt": [], "prompt_id": [], "messages": []}
    for i in range(n * ROWS, (n + 1) * ROWS):
        prompt = f"Will there be {WEATHER[i % len(WEATHER)]} in {PLACES[i % len(PLACES)]} tomorrow?"
        answer = "I cannot see the future, but the barometer is falling."
        rows["prompt"].append(prompt)
        rows["prompt_id"].append(f"{i:064x}")
        rows["messages"].append(
            [{"content": prompt, "role": "user"}, {"content": answer, "role": "assistant"}]
        )
    return rows


def reviews(n: int) -> Columns:
    """Short texts with labels."""
    span = range(n * ROWS, (n + 1) * ROWS)
    words = ("I would sail with them again.", "Never again, and not only for the soup.")
    return {
        "text": [f"{PLACES[i % len(PLACES)]}: {words[i % 2]}" for i in span],
        "label": [1 - i % 2 for i in span],
    }


def rain(n: int) -> Columns:
    """Hourly rainfall at one station."""
    start = datetime(2026, 1, 1 + n, tzinfo=UTC)
    return {
        "station": [f"NL-{1000 + n}"] * ROWS,
        "time": [start + timedelta(hours=i) for i in range(ROWS)],
        "millimetres": [round((i * 7 + n) % 11 * 0.3, 1) for i in range(ROWS)],
    }


def places(n: int) -> Columns:
    """Places with their names and coordinates."""
    names = [PLACES[(i + n) % len(PLACES)] for i in range(ROWS)]
    return {
        "name": list(names),
        "language": [("no", "cy", "ga", "is", "sw", "yo", "fr")[i % 7] for i in range(ROWS)],
        "latitude": [round(60 - i * 1.37 - n, 4) for i in range(ROWS)],
        "longitude": [round(5 + i * 2.11, 4) for i in range(ROWS)],
        "population": [1000 * (i + 1) * (n + 3) for i in range(ROWS)],
    }


def main() -> None:
    """Write two files of each kind."""
    FOLDER.mkdir(exist_ok=True)
    for kind in (questions, plots, chats, reviews, rain, places):
        for n in range(2):
            table = pa.table(kind(n))
            pq.write_table(table, FOLDER / f"{kind.__name__}-{n}.parquet", compression="zstd")


if __name__ == "__main__":
    main()
