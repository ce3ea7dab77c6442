"""Who may see, run and end the jobs of a namespace."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request

from ..people.rights import CREATORS, READERS, SignedInUser, signed_in, token_must
from ..people.rows import org_named, user_named
from ..store import store_of
from ..web.hub_errors import ApiError, forbidden, page_missing, plan_needed


def readable_namespace(request: Request) -> str:
    """The namespace that a path names, if the caller may see its jobs."""
    who, name = signed_in(request), _namespace(request)
    if who.role_in(name) not in READERS:
        raise forbidden(f"You don't have access to the jobs of {name}")
    if not who.allows("job.write", name):
        token_must(who, "job.read", name)
    return name


def changeable_namespace(request: Request) -> tuple[SignedInUser, str]:
    """The caller and the namespace that a path names, if they may run and end jobs there."""
    who, name = signed_in(request), _namespace(request)
    token_must(who, "job.write", name)
    if who.role_in(name) not in CREATORS:
        raise forbidden(f"You don't have the rights to run jobs in {name}")
    return who, name


def must_pay(who: SignedInUser, namespace: str) -> None:
    """402 if the namespace has neither a plan nor credits."""
    own = namespace.lower() == who.name.lower()
    if not (who.is_pro if own else namespace.lower() in who.plans):
        raise plan_needed(
            "Pre-paid credit balance is insufficient - add more credits to your account to use Jobs"
        )


def job_at(request: Request, namespace: str) -> sqlite3.Row:
    """The job that a path names."""
    found = store_of(request).find("jobs", namespace=namespace, id=request.path_params["job"])
    if found is None:
        raise ApiError(404, "Job not found")
    return found


def _namespace(request: Request) -> str:
    store, name = store_of(request), request.path_params["namespace"]
    found = user_named(store, name) or org_named(store, name)
    if found is None:
        raise page_missing()
    return str(found["name"])
