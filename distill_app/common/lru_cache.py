"""Least-recently-used cache with a limit on the total weight."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """Keeps the values used last whose weights add up to at most `limit`; the last one is always kept."""

    def __init__(self, limit: float, weigh: Callable[[V], float] = lambda _: 1.0) -> None:
        self._limit, self._weigh = limit, weigh
        self._values: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def find(self, key: K) -> V | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> V:
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > 1 and sum(map(self._weigh, self._values.values())) > self._limit:
            self._values.popitem(last=False)
        return value
