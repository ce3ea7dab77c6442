"""The conditions of a listing of repositories, in SQL."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ..people.rights import SignedInUser, visible
from ..store import Value
from ..web.hub_errors import bad_request

MOST = 100  # conditions of one listing


class WhereClause:
    """Conditions on `repos r`, all of which must hold, with their parameters."""

    def __init__(self, type: str, who: SignedInUser | None) -> None:
        condition, params = visible(who)
        self.clauses = ["r.type = ?", condition]
        self.params: list[Value] = [type, *params]

    @property
    def sql(self) -> str:
        """The conditions after `where`."""
        return " and ".join(self.clauses)

    def equal(self, column: str, value: Value) -> None:
        """A column has this value."""
        self._add(f"r.{column} = ?", value)

    def named_like(self, word: str) -> None:
        """The id contains a word."""
        self._add("r.id like ? escape '\\'", "%" + re.sub(r"([%_\\])", r"\\\1", word) + "%")

    def gated(self, gated: bool) -> None:
        """The repository is gated, or is not."""
        self._add(f"r.gated is {'not ' if gated else ''}null")

    def label(self, kind: str, value: str) -> None:
        """The repository carries this label."""
        self._add("exists (select 1 from labels where kind = ? and value = ? and repo = r.key)", kind, value)

    def any_label(self, *kinds: str) -> None:
        """The repository carries a label of one of these kinds."""
        self._add(
            "exists (select 1 from labels where repo = r.key and kind in (select value from json_each(?)))",
            json.dumps(kinds),
        )

    def any_provider(self, providers: Sequence[str]) -> None:
        """One of these providers runs inference on the model."""
        served = (
            "select repo from labels where kind = 'provider' and value in (select value from json_each(?))"
        )
        self._add(f"r.key in ({served})", json.dumps(providers))

    def parameters(self, bounds: Sequence[tuple[str, int]]) -> None:
        """The number of parameters is known, and within these comparisons."""
        for comparison, size in bounds:
            self._add(f"r.num_parameters {comparison} ?", size)
        self._add("r.num_parameters > 0")

    def after(self, column: str, descending: bool, place: Sequence[str | int | float]) -> None:
        """The repository sorts after a place, which is a value of the column and an `_id`."""
        way = "<" if descending else ">"
        self._add(f"r.{column} {way}= ? and (r.{column} {way} ? or r._id > ?)", place[0], place[0], place[1])

    def _add(self, clause: str, *params: Value) -> None:
        if len(self.clauses) == MOST:
            raise bad_request("Too many filters")
        self.clauses.append(clause)
        self.params += params
