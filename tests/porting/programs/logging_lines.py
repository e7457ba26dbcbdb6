"""Logs of runs, read back through the client."""

import logging
import time

from signoff import flow, get_client, get_run_logger, task
from signoff.client.schemas.filters import LogFilter, LogFilterFlowRunId, LogFilterLevel
from signoff.logging import disable_run_logger, get_logger
from signoff.runtime import flow_run


@task
def work():
    get_run_logger().warning("from the task")
    print("printed in the task")


@flow(log_prints=True)
def main():
    logger = get_run_logger()
    logger.info("from the flow")
    logger.error("an %s", "error")
    print("printed")
    work()
    return flow_run.id


run_id = main()
with get_client(sync_client=True) as client:
    wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]))
    for _ in range(200):
        logs = client.read_logs(wanted)
        if any("Finished in state" in line.message for line in logs):
            break
        time.sleep(0.1)
    said = [line.message for line in logs]
    for text in ("from the flow", "an error", "printed", "from the task", "printed in the task"):
        print(text, text in said)
    severe = client.read_logs(
        LogFilter(
            flow_run_id=LogFilterFlowRunId(any_=[run_id]), level=LogFilterLevel(ge_=logging.ERROR)
        )
    )
    print([line.message for line in severe])


@task
def quiet():
    get_run_logger().info("not sent")
    return 1


with disable_run_logger():
    print(quiet.fn())
print(get_logger("x").name)
