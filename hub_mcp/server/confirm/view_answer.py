"""A question to a person in a view, and the answer from there.

The view gets its token in the result's `_meta`, which hosts do not show to the model, and a key in its own
page. An answer needs both: a model that sees the tool, or one of the two, cannot answer.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from mcp.types import CallToolRequestParams, CallToolResult

from hub_mcp.catalogue.answers import is_object
from hub_mcp.client.hub import Hub
from hub_mcp.errors import NOTHING_CHANGED, Stopped
from hub_mcp.gate.challenge import ASK_AGAIN, EXPIRES, Proposal
from hub_mcp.gate.gate import Gate
from hub_mcp.gate.question import Decision, Question, decision_of
from hub_mcp.server.answers.answer_form import AnswerForm
from hub_mcp.server.confirm.elicitation import AT_ONCE
from hub_mcp.server.confirm.plan_token import VIEW, Seals
from hub_mcp.server.tools.endpoint_tools import CONFIRM, DRY_RUN, result_of
from hub_mcp.server.views.view_list import ANSWER

KEY = "hub_mcp/question"
LARGEST_ECHO = 65_536  # characters of arguments sent with a question; longer ones come from the host
OURS = frozenset({CONFIRM, DRY_RUN})  # arguments that are not part of the question
FOR_THE_VIEW = "Only the view that shows a question to a person answers it."
WAIT = "Wait for the person's answer in the view."


def view_key(secret: str | bytes) -> str:
    """The key that the view's page sends back with an answer."""
    raw = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(raw, b"hub-mcp view page", hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True)
class ViewAnswer:
    """A person's answer, as sent by the view.

    Attributes:
        token, key: from the result and from the view's page.
        yes, name: the button pressed, and the text typed.
        tool, arguments: the call in question, as the model made it.
    """

    token: str
    key: str
    yes: bool
    name: str
    tool: str
    arguments: Mapping[str, Any]

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """Parse the answer from arguments.

        Raises:
            Stopped: there is none.
        """
        token, key, tool, name = (said.get(one, "") for one in ("token", "key", "tool", "name"))
        texts = all(isinstance(one, str) for one in (token, key, tool, name))
        yes, arguments = said.get("yes"), said.get("arguments")
        if not texts or not isinstance(yes, bool) or not is_object(arguments) or OURS & arguments.keys():
            raise Stopped(FOR_THE_VIEW, advice=WAIT)
        return cls(token, key, yes, name, tool, arguments)

    async def decision(self, gate: Gate, call: Proposal, hub: Hub) -> Decision:
        """The person's decision.

        Raises:
            Stopped: the answer is not from the view, is for another call, or is a yes that came too fast.
        """
        ours = [hmac.compare_digest(self.key.encode(), view_key(one).encode()) for one in gate.keys]
        if gate.settings.confirm != "plan" or not any(ours):
            raise Stopped(FOR_THE_VIEW, advice=WAIT)
        challenge = Seals(gate.keys, VIEW).open(self.token)
        await gate.check(challenge, call, hub)
        if self.yes and 0 <= gate.clock() - challenge.issued < AT_ONCE:
            raise Stopped("The answer came faster than anybody reads the question.", advice=ASK_AGAIN)
        content = {"name": self.name} if challenge.retype else {"confirm": True}
        decided = decision_of(challenge, "accept" if self.yes else "decline", content)
        return replace(decided, by="by a person in a view")


def asked_in_view(
    question: Question,
    keys: Sequence[str | bytes],
    params: CallToolRequestParams,
    prefix: str,
    form: AnswerForm,
    diff: Sequence[Mapping[str, Any]],
) -> CallToolResult:
    """A question for its view, and a result for the model meanwhile.

    Args:
        prefix: of the names of this server's tools.
        diff: the call's changes to files.
    """
    challenge = question.challenge
    waits = (
        "The person is asked in the view beside this answer, and only they can answer there. Wait: you are "
        "told what they decide. If they say that no question is shown, this host does not show views: "
        "whoever runs the server can start it with --views off."
    )
    plan = f"{NOTHING_CHANGED} A person has to approve this."
    said = {"plan": plan, "consequence": question.consequence, "next_step": waits, "expires_in": EXPIRES}
    result = result_of("\n\n".join((plan, question.consequence, waits)), said, form)
    arguments = {name: one for name, one in (params.arguments or {}).items() if name not in OURS}
    shown: dict[str, Any] = {
        "headline": question.headline,
        "cost": question.cost,
        "facts": question.facts,
        "retype": challenge.retype,
        "until": challenge.until,
        "answer_tool": f"{prefix}{ANSWER}",
        "tool": params.name,
        "token": Seals(keys, VIEW).seal(challenge),
        "diff": list(diff),
    }
    if len(json.dumps(arguments)) <= LARGEST_ECHO:
        shown["arguments"] = arguments
    return result.model_copy(update={"meta": {**(result.meta or {}), KEY: shown}})
