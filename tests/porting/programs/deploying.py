"""Deployments in synchronous and asynchronous code, and where their names are imported from."""

import asyncio
import tempfile
from pathlib import Path

from signoff import flow
from signoff.deployments.flow_runs import run_deployment
from signoff.deployments.runner import RunnerDeployment, deploy
from signoff.flows import load_flow_from_entrypoint, serve
from signoff.task_runners import ConcurrentTaskRunner, ThreadPoolTaskRunner
from signoff.types.entrypoint import EntrypointType

CODE = """
from signoff import flow
@flow
def greet(name: str = "world"):
    return f"Hello {name}"
"""


@flow
def report(day: int = 1):
    return day


async def main():
    made = await report.to_deployment(name="nightly", cron="0 0 * * *")
    print(made.name, [each.schedule.cron for each in made.schedules])
    await made.apply()
    run = await run_deployment("report/nightly", parameters={"day": 3}, timeout=0)
    print(run.parameters, run.state.name)
    try:
        await report.deploy("other", work_pool_name="missing-pool")
    except Exception as error:
        print("missing-pool" in str(error))


with tempfile.TemporaryDirectory() as folder:
    Path(folder, "flows.py").write_text(CODE)
    loaded = flow.from_source(source=folder, entrypoint="flows.py:greet")
    print(loaded.name, loaded("folder"))
    loaded = load_flow_from_entrypoint(f"{folder}/flows.py:greet")
    print(loaded.name, loaded("file"))
report.to_deployment(name="x").apply()
asyncio.run(main())
print(isinstance(report.to_deployment(name="x"), RunnerDeployment), callable(serve), callable(deploy))
print(isinstance(ConcurrentTaskRunner(), ThreadPoolTaskRunner))
module = EntrypointType.MODULE_PATH
print(report.to_deployment(name="y", entrypoint_type=module).name, module.value)
