"""Django's cache over the counters' file, so that all workers share it and it outlives them.

The library for sign-in keeps its limits there. It holds what JSON can say, and nothing large.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from tidegate_web.access.counters import Counters

_FOR_EVER = 1e12  # seconds since 1970


class SharedCache(BaseCache):
    """A cache in a file of counters."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._counters = Counters(Path(location))

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value where none is kept; of several processes that try at once one does."""
        return self._keep(key, value, timeout, version, anew=False)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept."""
        found = self._counters.kept(self.make_key(key, version))
        return default if found is None else msgspec.json.decode(found)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value."""
        self._keep(key, value, timeout, version, anew=True)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Keep a value no longer."""
        return self._counters.drop(self.make_key(key, version))

    def clear(self) -> None:
        """Keep nothing."""
        self._counters.drop(None)

    def _keep(self, key: str, value: Any, timeout: Any, version: int | None, *, anew: bool) -> bool:
        until = self.get_backend_timeout(timeout)
        name, octets = self.make_key(key, version), msgspec.json.encode(value)
        return self._counters.keep(name, octets, _FOR_EVER if until is None else until, anew=anew)
