"""The parts of a transaction that have a contract of their own.

Owns only which there are: each loads what it needs when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from signoff.core.document_ports import Documents
    from signoff.core.emitted_ports import Emitted
    from signoff.core.file_ports import Files
    from signoff.core.key_value_ports import KeyValues
    from signoff.core.record_ports import Records
    from signoff.core.run_list_ports import RunLists
    from signoff.core.saved_flow_ports import SavedFlows
    from signoff.core.saved_view_ports import SavedViews
    from signoff.core.secret_ports import Secrets
    from signoff.core.shared.ports import Artifacts, Limits, Variables, WorkPools
    from signoff.core.task_type_ports import TaskTypes


class Tables(Protocol):
    """Parts of `core.ports.Tx`."""

    @property
    def artifacts(self) -> Artifacts: ...

    @property
    def limits(self) -> Limits: ...

    @property
    def variables(self) -> Variables: ...

    @property
    def work_pools(self) -> WorkPools: ...

    @property
    def documents(self) -> Documents:
        """Texts of flows, by digest."""

    @property
    def files(self) -> Files:
        """Files of flows."""

    @property
    def saved_flows(self) -> SavedFlows:
        """What concerns saved flows, their revisions and triggers."""

    @property
    def saved_views(self) -> SavedViews:
        """Views of the list of runs."""

    @property
    def task_types(self) -> TaskTypes:
        """Task types that plugins declare."""

    @property
    def key_values(self) -> KeyValues:
        """What concerns key-value pairs."""

    @property
    def secrets(self) -> Secrets:
        """What concerns secrets that flows share."""

    @property
    def emitted(self) -> Emitted:
        """What concerns emitted events."""

    @property
    def records(self) -> Records:
        """What concerns flows and task runs as records of clients."""

    @property
    def run_lists(self) -> RunLists:
        """Lists of runs that people leaf through."""
