"""What tasks have that flows have not: caching, and hooks of transactions.

Owns these options as attributes and decorators. What they mean is said in `authoring/keeping.py`,
what they do in `engine/keeping/`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from signoff.authoring.decorated import Decorated
from signoff.authoring.keeping import OPTIONS, of_task

if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Self

    from signoff.engine.specs import ResultOptions

P = ParamSpec("P")
R = TypeVar("R")
TransactionHook = TypeVar("TransactionHook", bound=Callable[[Any], Any])


def context_of(frame: Any) -> Any:
    """The documented context of a task frame; loaded with the first policy that looks at it."""
    return importlib.import_module("signoff.authoring.context").TaskRunContext(frame)


class Cached(Decorated[P, R]):
    """A function whose results may be reused, and whose effects may be undone.

    Attributes:
        cache_key_fn: as given.
    """

    cache_key_fn: Callable[[Any, dict[str, Any]], str | None] | None
    _cache_policy: Any

    def _kept(self, persist: bool | None, given: dict[str, Any]) -> ResultOptions | None:
        """What its options say about results.

        Raises:
            TypeError: there is no option of a name.
            ConfigurationError: an option cannot be used.
        """
        unknown = ", ".join(repr(name) for name in given if name not in OPTIONS)
        if unknown:
            raise TypeError(f"@task has no option {unknown}.")
        said = OPTIONS | given
        self.cache_key_fn, self._cache_policy = said["cache_key_fn"], said["cache_policy"]
        return of_task(self.name, persist, said)

    @property
    def cache_policy(self) -> Any:
        """What makes two calls the same computation: as given, or the default."""
        policies = importlib.import_module("signoff.engine.keeping.policies")
        if self._keeping.policy is not None:
            return self._keeping.policy
        if self.persist_result is False:
            return policies.NO_CACHE
        return None if self.result_storage_key is not None else policies.DEFAULT

    @property
    def cache_expiration(self) -> timedelta | None:
        """How long a result may be reused; None for ever."""
        return self._keeping.expiration

    @property
    def refresh_cache(self) -> bool | None:
        """Whether it runs anyway; None to ask the settings."""
        return self._keeping.refresh

    @property
    def result_storage_key(self) -> str | None:
        """Template of the key of results."""
        return self._keeping.storage_key

    def on_commit(self, fn: TransactionHook) -> TransactionHook:
        """Call `fn(transaction)` when the transaction a run of the task is in commits."""
        return self._hook("on_commit", fn)

    def on_rollback(self, fn: TransactionHook) -> TransactionHook:
        """Call `fn(transaction)` when what a completed run of the task did is to be undone."""
        return self._hook("on_rollback", fn)

    def _cache_options(self) -> dict[str, Any]:
        """The options it was made with, as far as they are here."""
        kept = self._keeping
        return {
            "result_storage": kept.storage,
            "result_storage_key": kept.storage_key,
            "result_serializer": kept.serializer,
            "cache_result_in_memory": kept.in_memory,
            "cache_policy": self._cache_policy,
            "cache_key_fn": self.cache_key_fn,
            "cache_expiration": kept.expiration,
            "refresh_cache": kept.refresh,
        }

    def _with(self, changes: dict[str, Any]) -> Self:
        copy = super()._with(changes)
        # They have no option of their own, so a copy would lose them.
        copy._hooks.on_commit.extend(self._hooks.on_commit)
        copy._hooks.on_rollback.extend(self._hooks.on_rollback)
        return copy
