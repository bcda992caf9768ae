"""Acts about the people of a node: who looked at what, and who let whom in as what.

Accounts are no acts and lie beside the journal. What is noted here is the use of the power over them, so that
it can be shown later in which role somebody decided, and who gave it. People are pseudonyms, and erasable.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from tidegate.acts.act import Act


class DataConsulted(Act, frozen=True, kw_only=True):
    """Somebody looked at what the node has about a consignment and the people in it; ``page`` is where.

    It is noted once a day for each person, consignment and page; who it was is the entry's author.
    """

    KIND: ClassVar[str] = "data.consulted"

    subject: str
    page: str
    role: str


class AccessGiven(Act, frozen=True, kw_only=True):
    """A person was given access in a role (and an office): with a new account, a changed or a reopened one.

    By ``group``, the administration's own sign-in said so; by ``provider``, that sign-in alone opens the
    account from now on. The author gave it; whom it is about is a key.
    """

    KIND: ClassVar[str] = "access.given"

    role: str
    office: str = ""
    by: Literal["made", "changed", "reopened", "group", "provider"] = "made"


class AccessEnded(Act, frozen=True, kw_only=True):
    """A person's access ended: the account was closed, or the administration's sign-in took the role away."""

    KIND: ClassVar[str] = "access.ended"

    by: Literal["closed", "group"] = "closed"


class AccessLoosened(Act, frozen=True, kw_only=True):
    """An administrator took a guard off a person's account, who asked for it.

    ``factor``: a lost second factor; ``lock``: the wait after wrong passwords; ``password``: a new one.
    """

    KIND: ClassVar[str] = "access.loosened"

    guard: Literal["factor", "lock", "password"]
