"""Links to papers: addresses that a browser opens by itself for five minutes."""

from __future__ import annotations

import secrets

from shared import links
from shared.errors import NotFound
from shared.messaging import Work
from shared.mongo import Doc, first_come

_KEY = "links"


def link(work: Work, path: str) -> Doc:
    """An address of the paper at ``path``, signed with the district's key, which is made when it is first needed."""
    kept = work.store.keys.get(_KEY)
    if kept is None:
        with first_come(_KEY):
            kept = work.store.keys.insert({"id": _KEY, "key": secrets.token_bytes(32)})
    expires_at = (work.now + links.VALID).replace(microsecond=0)
    token = links.token(work.district, path, bytes(kept["key"]), expires_at)
    return {"token": token, "path": f"{path}?token={token}", "expires_at": expires_at}


def check(work: Work, token: str, path: str) -> None:
    """Raises :class:`NotFound` for a token that does not open this paper, :class:`Expired` for one past its time."""
    kept = work.store.keys.get(_KEY)
    if kept is None:
        raise NotFound()
    links.check(token, work.district, path, bytes(kept["key"]), work.now)
