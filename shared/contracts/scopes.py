"""What API clients may be allowed, scope by scope. An operation names at most one; without one it is for people.

What each means to whoever grants it stands in ``shared/texts/scopes.toml``.
"""

SCOPES = (
    "people:read",
    "schools:read",
    "communities:read",
    "sessions:read",
    "resources:read",
    "cycles:read",
    "events:read",
    "webhooks:read",
    "webhooks:write",
    "imports:write",
)
