"""Making the task types of installed plugins known to the service.

Owns that whoever can run them says so: a server judges documents by it, and loads no plugin itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from signoff.core.ports import Gateway
from signoff.model.task_types import PublishTaskTypes
from signoff.yamlflow.catalog import TaskType, encode_type, installed_types


def publish_installed(gateway: Gateway) -> Sequence[TaskType]:
    """Publish the task types of the plugins that are installed here, and return them.

    Raises:
        InvalidRequest: a plugin offers something else.
    """
    types = installed_types()
    if types:
        gateway.send(PublishTaskTypes(tuple(map(encode_type, types))))
    return types
