"""What people read, by key: Indonesian first, English beside it.

Each module has a file ``shared/texts/<module>.toml`` with a table a text: ``id`` and ``en``, gaps written ``{name}``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Any

from shared.errors import Text

LANGUAGES = ("id", "en")


class _Forgiving(Formatter):
    """Fills gaps, leaving one that nothing fills as a dash: a text must never fail an answer."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), "-")


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """Every text: ``{"membership.unknown_school": {"id": ..., "en": ...}}``."""
    texts: dict[str, dict[str, str]] = {}
    for entry in files(__package__).iterdir():
        if entry.name.endswith(".toml"):
            module = entry.name.removesuffix(".toml")
            for key, both in tomllib.loads(entry.read_text("utf-8")).items():
                texts[f"{module}.{key}"] = both
    return texts


def exists(key: str) -> bool:
    """Whether a text has this key."""
    return key in catalogue()


def render(text: Text, language: str) -> str:
    """The text in ``language`` (``id`` or ``en``); an unknown key is given back as it is."""
    both = catalogue().get(text.key)
    if both is None:
        return text.key
    return _Forgiving().vformat(both.get(language) or both["id"], (), dict(text.params))
