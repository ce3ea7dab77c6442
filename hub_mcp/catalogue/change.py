"""What only changing endpoints have: a target, stakes, a preview, an undo.

    @delete("/api/repos/delete", permission="repo.write", destroys="the {type} {repo_id}", retype="repo_id")
    class DeleteRepo(Change[Repository, Done]):
        '''Delete a repository. It cannot be brought back.'''

        repo_id: RepoId
        type: RepoType

        def target(self) -> Endpoint[Repository]:
            return repository(self.type, self.repo_id)

The first type argument is what the call acts on, as it is looked up beforehand (`Nothing` if the call creates
something); the second is its answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, get_args

from hub_mcp.catalogue.answers import Answer, as_text, clean
from hub_mcp.catalogue.declaration import type_arguments
from hub_mcp.catalogue.endpoint import Endpoint, declare
from hub_mcp.catalogue.fields.marks import OwnedThing, OwnerName, RepoKind, RepoName
from hub_mcp.catalogue.http import Effect, Line, fields_in
from hub_mcp.catalogue.stakes import NOTHING_KNOWN, Consequence, Impact, Known, Stakes
from hub_mcp.catalogue.steps import Steps
from hub_mcp.errors import plain
from hub_mcp.text import quoted

T = TypeVar("T", bound=Answer)
A = TypeVar("A", bound=Answer)
C = TypeVar("C", bound="Change[Any, Any]")  # the decorators accept changes of every type

Permission = Literal[
    "repo.write", "collection.write", "org.write", "discussion.write", "job.write", "user.webhooks.write"
]  # fmt: skip


class Nothing(Answer):
    """The target of a call that creates something: there is none yet."""


NOTHING_YET = Nothing()
CHANGE_MANY = "change_many"  # the tool that makes several, by which they are journaled and confirmed
WORD = re.compile(r"[\w./@:+-]+", re.ASCII)  # needs no quotes: ids, names, roles


class Change(Endpoint[A], Generic[T, A]):
    """A call that changes something on the Hub."""

    changes: ClassVar[bool] = True
    acts_on: ClassVar[type[Answer]]
    harmless: ClassVar[str] = ""  # why no call of this class needs a person's approval, if so
    reversal: ClassVar[str] = "This cannot be undone."  # its `cost`, if that depends on nothing
    keeps: ClassVar[frozenset[str]] = frozenset()  # fields that its body fills in from the current state
    stated: ClassVar[tuple[str, ...]] = ()  # arguments that its consequences and facts already describe
    publishes: ClassVar[str] = ""  # what its calls publish, as a word of settings.ALLOWABLE

    @property
    def value_from(self) -> str:
        """The source of a further value: `env:NAME` or `file:PATH` of the server, or TYPED; "" for none."""
        return ""

    def target(self) -> Endpoint[T] | None:
        """The reading call that shows what this call would act on; None if nothing exists yet."""
        return None

    def parts(self) -> Sequence[Change[Any, Any]]:
        """The calls it consists of, made in order after a single question; usually just itself."""
        return (self,)

    @property
    def writes(self) -> int:
        """How many changes it makes, including those that complete it."""
        return 1

    def followed_by(self, before: T, after: A) -> Sequence[Change[Any, Any]]:
        """Further calls that complete it once the Hub has answered; its own question covers them."""
        return ()

    def completed(self, before: T, known: Known) -> Self:
        """This call with looked-up values that it cannot be sent without.

        Raises:
            HubError: it does not fit the current state.
        """
        return self

    def steps(self) -> Steps[Self]:
        """The calls that must come right before it, after any approval; returns this call as it is sent."""
        yield from ()
        return self

    def settled(self, before: T) -> Self:
        """This call with the Hub's own ids, now that its target has been looked up."""
        return self

    def identity(self, before: T) -> str:
        """What must be unchanged when the call is made: the target's own id."""
        return before.identity

    def owners(self) -> tuple[str, ...]:
        """The owners of the things this call names; "" for the caller."""
        return ("",) if self.line.of_caller else tuple(dict.fromkeys(owner for owner, _ in self.owned()))

    def touches(self, before: T, known: Known) -> tuple[str, ...]:
        """The owners of the things this call changes or shows to others."""
        return self.owners()

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        """Reading calls other than the target whose answers this call changes."""
        return ()

    # ── what it does ────────────────────────────────────────────────────────────────────────────────────────

    def needs(self, before: T) -> Sequence[Endpoint[Answer]]:
        """Further reading calls needed to know what this call does."""
        return ()

    def must_be_there(self, before: T) -> Sequence[Endpoint[Answer]]:
        """Those of `needs` whose target must exist; otherwise the call is refused."""
        return ()

    def consequences(self, before: T, known: Known) -> Iterator[Consequence]:
        """What this call does that a person must agree to; empty if it may simply be made."""
        if self.line.destroys:
            yield Consequence(Impact.DESTROYS, "")

    def headline(self, before: T) -> str:
        """The question; by default, built from `destroys=`."""
        said = self.model_dump()
        words = {
            name: quoted(value) if isinstance(value, str) and name not in self.marked(RepoKind) else value
            for name, value in said.items()
        }
        return f"Delete {self.line.destroys.format(**words)}?"

    def cost(self, before: T) -> str:
        """What cannot be undone, or how it can."""
        return self.reversal

    def retype(self, before: T) -> str:
        """The text to type; "" if a yes is enough."""
        return str(getattr(self, self.line.retype)) if self.line.retype else ""

    def facts(self, before: T, known: Known) -> tuple[str, ...]:
        """What else a person should know."""
        return before.facts()

    def context(self) -> Sequence[Endpoint[Answer]]:
        """Further reading calls that show who depends on the target; each may fail without harm."""
        return ()

    def stakes(
        self, before: T, known: Known = NOTHING_KNOWN, context: Sequence[Answer] = ()
    ) -> Stakes | None:
        """What a person must agree to; None if the call may be made."""
        found = tuple(self.consequences(before, known))
        if not found:
            return None
        shown: tuple[Answer, ...] = (before, *context)
        depend = (fact for one in shown for fact in one.dependents())
        return Stakes(
            self.headline(before),
            found,
            (*self.facts(before, known), *depend),
            self.cost(before),
            self.retype(before),
        )

    def preview(self, before: T) -> dict[str, tuple[Any, Any]]:
        """What would change, as {field: (before, after)}; empty if the call does not change fields."""
        return {}

    def outcome(self, before: T, after: A) -> str:
        """What changed, in a sentence, after the call."""
        if self.line.destroys:
            return f"Deleted {self.line.destroys.format(**self.model_dump())}."
        if changed := self.preview(before):
            about = (f"{self.part} of {self.subject}" if self.part else self.subject).removeprefix("the ")
            kind = "" if self.marked(RepoName) else getattr(before, "noun", "")
            about = about if kind in about else f"{kind} {about}"  # bare ids do not say of what
            return f"{about}: {'; '.join(_turned(name, *both) for name, both in changed.items())}."
        return f"Done: {self.label.lower()}, {self.subject}."

    def outcome_text(self, before: T, after: A) -> str:
        """The text of `outcome`; shorter if the Hub's answers are malformed."""
        try:
            return self.outcome(before, after)
        except Exception:  # it is done: no malformed answer may hide that
            return f"Done: {self.subject}."

    def side_effects_call(self) -> Endpoint[Answer] | None:
        """A reading call that shows side effects of this change; None if there are none or all are known."""
        return None

    def undo(self, before: T, after: A) -> Change[Any, Any] | None:
        """The call that undoes this; None if nothing can. Use `safe_undo`, which never fails."""
        return None

    def safe_undo(self, before: T, after: A) -> Change[Any, Any] | None:
        """The call from `undo`; None also if the Hub's answers are malformed."""
        try:
            return self.undo(before, after)
        except Exception:  # it is done: no malformed answer may keep it out of the journal
            return None

    @classmethod
    def may_ask(cls) -> bool:
        return bool(cls.line.destroys) or cls.consequences is not Change.consequences


def _turned(name: str, was: Any, then: Any) -> str:
    """The change of one value, in words."""
    return f"{name} {worded(then)}" + (", as before" if was == then else f" (was {worded(was)})")


def worded(value: Any, most: int = 100) -> str:
    """A value for one of our sentences: texts from the Hub and other people quoted, on one line, short."""
    if isinstance(value, str) and not (len(value) <= most and WORD.fullmatch(value)):
        return f'"{plain(value, most).replace(chr(34), chr(39))}"' if value else "empty"
    return as_text(clean(value, most)) or "nothing"


def linked(address: str | None) -> str:
    """The address the Hub gives for something, after a colon; "" if it gives none."""
    return f": {worded(address, 300)}" if address else ""


# ── declaring ───────────────────────────────────────────────────────────────────────────────────────────────


def post(
    path: str,
    *,
    permission: Permission,
    documented: str = "",
    effect: Effect = Effect.ADD,
    destructive: bool = False,
    idempotent: bool = False,
    retype: str = "",
    label: str = "",
    of_caller: bool = False,
) -> Callable[[type[C]], type[C]]:
    """Declare an endpoint that adds something, or with `effect=` changes it through POST."""
    line = Line("POST", path, effect, permission, destructive, idempotent, "", retype, of_caller, documented)
    return _declared(line, label)


def _changes(
    method: str,
    path: str,
    *,
    permission: Permission,
    documented: str = "",
    destructive: bool = False,
    label: str = "",
    of_caller: bool = False,
) -> Callable[[type[C]], type[C]]:
    changes = Effect.CHANGE
    line = Line(method, path, changes, permission, destructive, of_caller=of_caller, spelled=documented)
    return _declared(line, label)


put = partial(_changes, "PUT")  # replaces settings
patch = partial(_changes, "PATCH")  # changes some fields
withdraw = partial(_changes, "DELETE")  # withdraws something small of the caller's own, such as a like


def delete(
    path: str,
    *,
    permission: Permission,
    destroys: str,
    retype: str = "",
    label: str = "",
    of_caller: bool = False,
) -> Callable[[type[C]], type[C]]:
    """Declare an endpoint that removes something; `destroys` says what, in the words of the question."""
    line = Line("DELETE", path, Effect.DESTROY, permission, True, True, destroys, retype, of_caller)
    return _declared(line, label)


def _declared(line: Line, label: str) -> Callable[[type[C]], type[C]]:
    enter: Callable[[type[C]], type[C]] = declare(line, label, _wrong_change)

    def declared(cls: type[C]) -> type[C]:
        if not issubclass(cls, Change):  # pyright: ignore[reportUnnecessaryIsInstance]  # who declares may err
            raise TypeError(
                f"{cls.__name__}: {line.method} changes something, so it must be a Change[what it acts on, "
                "what it answers]"
            )
        cls.acts_on = type_arguments(cls, Change)[0]
        return enter(cls)

    return declared


def _wrong_change(cls: type[C]) -> str | None:
    """What is missing from the declaration of a change."""
    line = cls.line
    if line.permission not in get_args(Permission):
        return f"`permission=` must name what a token needs for it: {', '.join(get_args(Permission))}"
    if line.effect is Effect.DESTROY and not line.destroys.strip():
        return "`destroys=` must say in words what is lost"
    names = {"destroys=": fields_in(line.destroys), "retype=": [line.retype] if line.retype else []}
    for source, fields in names.items():
        for name in fields:
            if name not in cls.model_fields:
                return f"{source} names {name!r}, which is not one of its fields"
    looks = cls.target is not Change.target
    if looks and cls.acts_on is Nothing:
        return "it looks something up before it acts, so its first type argument must say what, not Nothing"
    if not looks and cls.acts_on is not Nothing:
        return f"`target` must say how the {cls.acts_on.__name__} that it acts on is looked up"
    if not line.of_caller and not (cls.marked(OwnerName) or cls.marked(OwnedThing)):
        return (
            "whose things it changes must be named by a field of the type Owner, RepoId or Slug, "
            "or by `of_caller=True` where they are the caller's own"
        )
    if not cls.may_ask() and not cls.harmless.strip():
        return (
            "what it does to people and things must be stated by `consequences`, or `harmless` must say why "
            "nobody needs to be asked"
        )
    return None
