"""Which task types there are.

Owns their names, old and new, and the schemas of their properties. Pure data: a server reads it to
judge documents and never loads the code that runs a task.
"""

from signoff.yamlflow.catalog.plugins import decode_type, encode_type, installed_types
from signoff.yamlflow.catalog.registry import BUILT_IN, Catalog
from signoff.yamlflow.catalog.types import TaskType

__all__ = ["BUILT_IN", "Catalog", "TaskType", "decode_type", "encode_type", "installed_types"]
