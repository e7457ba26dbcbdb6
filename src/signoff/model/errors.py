"""Every exception of Signoff, in one tree.

Owns names, messages and the problem codes under which errors travel over HTTP. Must not know who
raises them.

::

    SignoffException(Exception)
    ├── MissingContextError(RuntimeError)      outside a run
    ├── ReservedArgumentError(TypeError)       the flow or task cannot be called like that
    ├── InvalidNameError(ValueError)           or named like that
    ├── NameTemplateError(ValueError)          or its runs
    ├── ParameterBindError(TypeError)
    ├── ParameterTypeError
    ├── SignatureMismatchError(TypeError)
    ├── MappingLengthMismatch, MappingMissingIterable
    ├── UnfinishedRun(RuntimeError)            a result was asked for that is not there
    │   ├── PausedRun
    │   └── UpstreamTaskError                  what it depends on did not complete
    ├── FutureCycleError(RuntimeError)         tasks wait for each other in a circle
    ├── MissingResult, FailedRun, CrashedRun, CancelledRun
    ├── ConfigurationError(ValueError)         an option that cannot be used
    ├── ExpressionError(ValueError)            an expression of a YAML flow is wrong, or fails
    ├── SerializationError(TypeError)          a result that had to be kept cannot be
    ├── HashError(ValueError)                  arguments that make no cache key
    ├── FlowRunWaitTimeout                     waiting took too long
    ├── FlowPauseTimeout
    ├── RequestRefused(RuntimeError)           the service said no
    │   ├── ObjectNotFound, ObjectAlreadyExists
    │   ├── NotPausedError, AmbiguousWait, AnswerConflict, InvalidAnswer
    │   ├── TransitionRefused, InvalidRequest, Unauthorized, SlotsTaken
    ├── ConcurrencySlotAcquisitionError        slots of a limit can never be had
    ├── AcquireConcurrencySlotTimeoutError(TimeoutError)
    ├── NotReentrant(RuntimeError)             no process could load this flow again
    ├── JournalMismatch(RuntimeError)          code changed under a run that forbids it
    ├── ServiceUnavailable                     the server cannot be reached
    ├── SignoffHTTPStatusError                 the server answered with an unexpected status
    └── StoreError                             the database cannot be used
        ├── StoreLocked, StoreReadOnly, StoreFull, StoreCorrupt, StoreNewer, StoreUnreachable
    SignoffSignal(BaseException)               control flow that user code must not swallow
    ├── Pause, Abort, TerminationSignal
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from signoff.model.forms import FieldError


class SignoffException(Exception):
    """Base of every error Signoff raises."""


class MissingContextError(SignoffException, RuntimeError):
    """Something that needs a run was called outside of one."""


class ReservedArgumentError(SignoffException, TypeError):
    """A flow or task declares a parameter whose name Signoff keeps for itself."""


class InvalidNameError(SignoffException, ValueError):
    """A name has a character it must not have."""


class NameTemplateError(SignoffException, ValueError):
    """The name of a run cannot be made from its template, or by its function."""


class SignatureMismatchError(SignoffException, TypeError):
    """Stored parameters do not fit the signature of the flow."""


class ParameterBindError(SignoffException, TypeError):
    """The arguments of a call do not fit the signature of the flow or task."""


class ParameterTypeError(SignoffException):
    """A parameter does not have the annotated type."""


class MappingLengthMismatch(SignoffException):
    """`map` got iterables of different lengths."""


class MappingMissingIterable(SignoffException):
    """`map` got nothing to iterate over."""


class UnfinishedRun(SignoffException, RuntimeError):
    """The result of a run was asked for before the run ended."""


class PausedRun(UnfinishedRun):
    """The result of a run was asked for while the run waits."""


class UpstreamTaskError(UnfinishedRun):
    """A task or flow did not start because something it depends on did not complete."""


class FutureCycleError(SignoffException, RuntimeError):
    """Tasks wait for each other's results in a circle."""


class MissingResult(SignoffException):
    """A run ended but its result was not kept or cannot be found."""


class FailedRun(SignoffException):
    """The run failed and left no exception to raise again."""


class CrashedRun(SignoffException):
    """The process of the run died."""


class CancelledRun(SignoffException):
    """The run was cancelled."""


class ConfigurationError(SignoffException, ValueError):
    """An option of a flow, task or transaction cannot be used."""


class ExpressionError(SignoffException, ValueError):
    """An expression of a YAML flow cannot be read, or cannot be worked out.

    Attributes:
        message: what is wrong, without the place.
        name: the variable, filter, function, test or tag it is about, if it is about one.
        line, column: where in the text, both counted from 1.
        source: the expression, as written.
    """

    def __init__(
        self,
        message: str,
        name: str | None = None,
        line: int = 1,
        column: int = 1,
        source: str = "",
    ) -> None:
        super().__init__(message, name, line, column, source)
        self.message = message
        self.name = name
        self.line = line
        self.column = column
        self.source = source

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{self.message} ({place} of `{self.source}`)" if self.source else self.message


class SerializationError(SignoffException, TypeError):
    """A result that had to be kept cannot be turned into bytes."""


class HashError(SignoffException, ValueError):
    """Values cannot be turned into a cache key."""


class FlowRunWaitTimeout(SignoffException):
    """`wait_for_flow_run` gave up."""


class FlowPauseTimeout(SignoffException):
    """Nobody answered before the deadline of the wait."""


class ConcurrencySlotAcquisitionError(SignoffException):
    """Slots of a limit can never be had: it does not exist, or has too few of them."""


class AcquireConcurrencySlotTimeoutError(SignoffException, TimeoutError):
    """Slots of a limit did not come free in time."""


class NotReentrant(SignoffException, RuntimeError):
    """The run cannot be entered again because no process could load its flow."""


class JournalMismatch(SignoffException, RuntimeError):
    """A run was entered again with code that does not fit what it already did."""


class ServiceUnavailable(SignoffException):
    """The Signoff server cannot be reached, or stopped answering."""


class SignoffHTTPStatusError(SignoffException):
    """The server answered with a status that has no typed exception.

    Attributes:
        status: the HTTP status code.
        body: the decoded answer, or its text.
    """

    def __init__(self, message: str, status: int = 0, body: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class RequestRefused(SignoffException, RuntimeError):
    """The service understood the request and said no.

    Attributes:
        code: stable name under which the error travels over HTTP.
        status: the HTTP status that goes with it.
        details: JSON-able facts a caller may want to act on.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, message: str = "", details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = dict(details or {})


class ObjectNotFound(RequestRefused):
    """Nothing has this id or name (it may have been deleted)."""

    code = "not-found"
    status = 404


class ObjectAlreadyExists(RequestRefused):
    """Something with this id or name exists already."""

    code = "already-exists"


class NotPausedError(RequestRefused):
    """The run waits for nothing, so there is nothing to resume."""

    code = "not-paused"


class AmbiguousWait(RequestRefused):
    """Several waits are open, and the request names none of them; `details["keys"]` lists them."""

    code = "ambiguous-wait"


class AnswerConflict(RequestRefused):
    """Somebody else already gave a different answer; `details` says who, when and what."""

    code = "answer-conflict"


class InvalidAnswer(RequestRefused):
    """The answer does not fit the form; `errors` has one entry per field."""

    code = "invalid-answer"
    status = 422

    def __init__(
        self,
        message: str = "",
        details: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
    ) -> None:
        super().__init__(message, details)
        self.errors = tuple(errors)


class TransitionRefused(RequestRefused):
    """The run cannot go from its present state to the requested one."""

    code = "transition-refused"


class DeadlinePassed(RequestRefused):
    """The answer came after the deadline of the wait."""

    code = "deadline-passed"


class InvalidRequest(RequestRefused):
    """The request itself is malformed; `details["errors"]` lists the fields."""

    code = "invalid-request"
    status = 422


class Unauthorized(RequestRefused):
    """The request carries no or wrong credentials."""

    code = "unauthorized"
    status = 401


class StaleEntry(RequestRefused):
    """A newer process has entered this run; the sender must stop."""

    code = "stale-entry"


class SlotsTaken(RequestRefused):
    """A limit has too few free slots now; `details["retry_at"]` says when it may, if known."""

    code = "slots-taken"
    status = 423


REFUSALS: dict[str, type[RequestRefused]] = {
    kind.code: kind
    for kind in (
        RequestRefused,
        ObjectNotFound,
        ObjectAlreadyExists,
        NotPausedError,
        AmbiguousWait,
        AnswerConflict,
        InvalidAnswer,
        TransitionRefused,
        DeadlinePassed,
        InvalidRequest,
        Unauthorized,
        StaleEntry,
        SlotsTaken,
    )
}
"""Problem code -> exception class; both ends of HTTP use this one table."""


class StoreError(SignoffException):
    """The database cannot be used; the message says why and what to do."""


class StoreLocked(StoreError):
    """Another process kept the database locked for too long."""


class StoreReadOnly(StoreError):
    """The database, its folder or its disk cannot be written."""


class StoreFull(StoreError):
    """The disk is full."""


class StoreCorrupt(StoreError):
    """The file is damaged or is not a Signoff database."""


class StoreNewer(StoreError):
    """The database was written by a newer Signoff."""


class StoreUnreachable(StoreError):
    """The database server does not answer."""


class SignoffSignal(BaseException):
    """Base of control flow that `except Exception` in user code must not catch."""


class Pause(SignoffSignal):
    """The run stops here; it goes on when somebody answers.

    Attributes:
        state: the paused state, when known.
    """

    def __init__(self, *args: Any, state: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state = state


class Abort(SignoffSignal):
    """This process must stop working on the run: it was ended, deleted or taken over."""


class TerminationSignal(SignoffSignal):
    """The process was asked to terminate.

    Attributes:
        signal: the number of the operating system's signal.
    """

    def __init__(self, signal: int) -> None:
        super().__init__(f"received signal {signal}")
        self.signal = signal
