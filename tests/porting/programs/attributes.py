"""Modules of the package that are used as its attributes, and methods of flows."""

import signoff


@signoff.task
def step():
    context = signoff.context.get_run_context()
    return context.task.name, signoff.runtime.task_run.task_name


@signoff.flow
def main(number: int = 1):
    print(signoff.context.FlowRunContext.get().flow.name, signoff.runtime.flow_run.flow_name)
    return step()


print(main())
print(signoff.states.Completed().is_completed(), signoff.variables.Variable.get("none-there"))
print(main.validate_parameters({"number": "3"}))
