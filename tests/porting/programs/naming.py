"""Names of runs, tags and what code knows of its run."""

from signoff import flow, get_run_logger, tags, task
from signoff.context import FlowRunContext, TaskRunContext, get_run_context
from signoff.exceptions import MissingContextError
from signoff.runtime import flow_run, task_run


@task(task_run_name="work on {what}", tags=["steady"])
def work(what):
    context = TaskRunContext.get()
    print(
        task_run.name,
        sorted(task_run.tags),
        task_run.task_name,
        task_run.parameters,
        context.task.name,
    )
    return flow_run.name


def named():
    return f"called {flow_run.flow_name}"


@flow(flow_run_name="for {who}-{count:02d}")
def main(who, count=1):
    context = FlowRunContext.get()
    print(flow_run.name, flow_run.parameters, context.flow_run.name, context.flow.name)
    print(isinstance(get_run_context(), FlowRunContext), sorted(flow_run.tags))
    with tags("inner"):
        print(work("it"))
    get_run_logger().info("a line")


@flow(flow_run_name=named)
def by_function():
    return flow_run.name


with tags("outer", "b"):
    main("ann")
print(by_function())
print(flow_run.name, flow_run.id, task_run.name, flow_run.parameters, flow_run.tags)
try:
    get_run_logger()
except MissingContextError:
    print("MissingContextError", issubclass(MissingContextError, RuntimeError))
