"""Hooks of flows and tasks, as arguments and as decorators."""

from signoff import flow, task

seen = []


def note(what):
    def hook(obj, run, state):
        seen.append((what, obj.name, state.name))

    return hook


def broken(obj, run, state):
    raise RuntimeError("a hook that fails")


@task(on_completion=[note("done")], on_failure=[note("failed")], on_running=[note("running")])
def work(fail=False):
    if fail:
        raise ValueError("no")


@work.on_completion
def also(task, task_run, state):
    seen.append(
        ("also", task.name, task_run.state_type.value if task_run.state_type else state.type.value)
    )


@flow(
    on_completion=[broken, note("flow done")],
    on_running=[note("flow running")],
    on_failure=[note("flow failed")],
)
def main(fail=False):
    work()
    if fail:
        work(fail=True)


@main.on_failure
def flow_failed_too(flow, flow_run, state):
    seen.append(("too", flow.name, state.type.value))


main()
print(*seen, sep="\n")
seen.clear()
print(main(fail=True, return_state=True).name)
print(*seen, sep="\n")
