"""A call of a changing operation: its risks decide whether a person is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hub_mcp.catalogue.answers import Answer, Page, Record, is_array, is_object
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.groups.resource_groups import ResourceGroups
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.operations.arguments import arguments_of
from hub_mcp.catalogue.operations.calls import PERSONAL, OperationCall, names_of, reading_of
from hub_mcp.catalogue.operations.found import Found
from hub_mcp.catalogue.operations.paths import TYPES
from hub_mcp.catalogue.operations.replacing import lost_by, read_before, taken_back
from hub_mcp.catalogue.operations.risks import Risk, risk_of
from hub_mcp.catalogue.operations.table import Standing
from hub_mcp.catalogue.operations.validation import payload_of
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import Stopped
from hub_mcp.text import quoted

MOST_FAILED = 5  # rows refused by the Hub to name
# The gate's names for the letters of the table.
IMPACTS = {
    "D": (Impact.DESTROYS,),
    "M": (Impact.SPENDS,),
    "P": (Impact.OPENS,),
    "G": (Impact.OPENS, Impact.CLOSES_OUT),
}


class OperationChange(OperationCall, Change[Answer, Answer]):
    """A call of a changing operation."""

    @property
    def risk(self) -> Risk:
        """The risks of this particular call."""
        return risk_of(self.operation, payload_of(self.operation, self))

    def owners(self) -> tuple[str, ...]:
        said, found = self._given(), list(super().owners())
        if repository := said.get("repository"):  # the destination of a copy
            found.append(str(repository).rpartition("/")[0])
        found.extend(_owners_in(list(payload_of(self.operation, self).values())))
        if not found and self.operation.area == "posts" and said.get("username"):
            found.append(str(said["username"]))
        return tuple(dict.fromkeys(found))

    def target(self) -> Endpoint[Answer] | None:
        looked = read_before(self.operation)
        endpoint = reading_of(looked.operation) if looked else None
        if endpoint is None:
            return None
        known = names_of(endpoint)
        said = {**self.as_arguments(), "fields": sorted(PERSONAL), "limit": 1000}
        try:
            return endpoint.model_validate({name: one for name, one in said.items() if name in known})
        except ValueError:
            return None

    def consequences(self, before: Answer, known: Known) -> Iterator[Consequence]:
        risk = self.risk
        if risk.standing is Standing.CREDENTIAL:
            raise Stopped(
                f"{self.tool} was not called: {self.operation.keeps_back or risk.reasons[0]}.",
                advice="A person does it on the Hub's own pages; here it can be done without the secret.",
            )
        if risk.standing not in (Standing.ASK, Standing.UNKNOWN):
            return
        for letter in risk.letters:
            for impact in IMPACTS.get(letter, ()):
                yield Consequence(impact, "")
        for reason in self._reasons()[:-1]:
            yield Consequence(IMPACTS.get(risk.letters[:1], (Impact.DESTROYS,))[0], f"{reason}.")

    def _reasons(self) -> list[str]:
        said = quoted(str(self._given().get("url", "")))
        return [
            (reason[:1].upper() + reason[1:]).replace("{url}", said) for reason in self.risk.reasons if reason
        ]

    def headline(self, before: Answer) -> str:
        return f"{type(self).label}: {self.subject}?"

    def cost(self, before: Answer) -> str:
        reasons = self._reasons()
        return f"{reasons[-1]}." if reasons else ""

    def retype(self, before: Answer) -> str:
        return self._retype(self.risk)

    def facts(self, before: Answer, known: Known) -> tuple[str, ...]:
        lost = lost_by(self.operation, payload_of(self.operation, self), _value_of(before))
        return tuple(lost) or before.facts()

    def _retype(self, risk: Risk) -> str:
        """The name of the thing to be destroyed."""
        if self.line.effect is not Effect.DESTROY or "D" not in risk.letters:
            return ""
        said = self._given()
        named = [str(said[name]) for name in self.route().fields if said.get(name)]
        return named[-1] if named else ""

    def preview(self, before: Answer) -> dict[str, tuple[Any, Any]]:
        looked, was = read_before(self.operation), _value_of(before)
        if not looked or not is_object(was):
            return {}
        said = payload_of(self.operation, self)
        return {name: (was.get(name), said.get(name)) for name in looked.fields if name in said}

    def outcome(self, before: Answer, after: Answer) -> str:
        said, told = super().outcome(before, after), _value_of(after)
        failed = told.get("failed") if is_object(told) else None
        if not is_array(failed) or not failed:
            return said
        named = "; ".join(
            f"{quoted(str(one.get('path', '')), 200)} ({quoted(str(one.get('error', '')), 200)})"
            for one in failed[:MOST_FAILED]
            if is_object(one)
        )
        more = f", and {len(failed) - MOST_FAILED:,} more" if len(failed) > MOST_FAILED else ""
        return f"{said.replace('Done:', 'Done in part:', 1)} The Hub refused {len(failed):,}: {named}{more}."

    def undo(self, before: Answer, after: Answer) -> Change[Any, Any] | None:
        earlier = taken_back(self.operation, _value_of(before))
        if not earlier:
            return None
        by_hub_name = {one.hub_name: one.name for one in arguments_of(self.operation).values()}
        return type(self).model_validate(
            {**self.as_arguments(), **{by_hub_name[name]: one for name, one in earlier.items()}}
        )

    @classmethod
    def may_ask(cls) -> bool:
        return cls.operation.standing in (Standing.ASK, Standing.UNKNOWN)


def _owners_in(value: Any) -> Iterator[str]:
    """The owners of repositories that a body names by type and name, at any depth."""
    if is_object(value):
        name = value.get("name")
        if isinstance(name, str) and value.get("type") in TYPES.values():
            yield name.rpartition("/")[0] or name
    for one in value.values() if is_object(value) else value if is_array(value) else ():
        yield from _owners_in(one)


def _value_of(answer: Answer) -> Any:
    if isinstance(answer, Found):
        return answer.value
    if isinstance(answer, ResourceGroups):
        return [one.model_dump(by_alias=True) for one in answer.groups]
    if isinstance(answer, Page):
        rows = answer.items
        return [one.model_dump(by_alias=True) if isinstance(one, Record) else one.content() for one in rows]
    return answer.content()
