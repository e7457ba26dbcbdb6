"""Running the code of a task that does something itself.

Owns what the ways of ending of such code mean. The code is in `yamlflow.tasks` or in a plugin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signoff.yamlflow.running.contexts import TaskContext
from signoff.yamlflow.running.outcome import Outcome, TaskEnded, Verdict
from signoff.yamlflow.running.visit import Visit
from signoff.yamlflow.tasks.running import EndRun, TaskFailed, TaskWarned, code_of


def runnable(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run one attempt of a task."""
    context = TaskContext(visit)
    try:
        outputs = code_of(visit.node.type).run(context, properties)
    except EndRun as end:
        return Outcome(ends=Verdict(end.state), message=str(end))
    except TaskWarned as warned:
        return Outcome(Verdict.WARNING, warned.outputs, message=str(warned))
    except TaskFailed as failed:
        visit.execution.frame.heed()
        raise TaskEnded(
            Outcome(Verdict.FAILED, failed.outputs, message=str(failed))
        ) from failed.__cause__
    except Exception:
        visit.execution.frame.heed()
        raise
    finally:
        context.close()
    return Outcome(Verdict.SUCCESS, dict(outputs or {}))
