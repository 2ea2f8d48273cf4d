"""Who may change the graph: whoever has the token, where updates are allowed at all."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from starlette.requests import Request

from kg.web.answers import Refusal
from kg.web.tasks import READ_ONLY


@dataclass(frozen=True, slots=True)
class Access:
    """``token`` is what a request has to bring, as ``Authorization: Bearer TOKEN``; without one nobody may."""

    token: str = field(default="", repr=False)

    def check(self, request: Request) -> None:
        """Raises Refusal: 403 where updates are not allowed, 401 without the token."""
        if not self.token:
            raise Refusal(403, READ_ONLY)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self.token.encode()):
            return
        realm = 'Bearer realm="kg"' + (', error="invalid_token"' if given else "")
        told = "updates need the token that kg serve was started with: Authorization: Bearer TOKEN"
        raise Refusal(401, told, {"WWW-Authenticate": realm})
