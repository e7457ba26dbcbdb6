"""The public names, pinned: a change here is a change of the documented interface."""

from __future__ import annotations

import importlib

import pytest

EXPORTS = {
    "signoff": """
        Flow State Task __version__ allow_failure apause_flow_run aresume_flow_run
        aserve asuspend_flow_run deploy flow get_client
        get_run_logger load_flow pause_flow_run quote resume_flow_run runtime serve suspend_flow_run
        tags task transaction unmapped
    """,
    "signoff.blocks.system": "Secret",
    "signoff.events": "Event RelatedResource Resource emit_event",
    "signoff.flow_runs": """
        FlowPauseTimeout FlowRunWaitTimeout NotPausedError apause_flow_run aresume_flow_run
        asuspend_flow_run pause_flow_run resume_flow_run suspend_flow_run wait_for_flow_run
    """,
    "signoff.workers.base": "BaseWorker",
    "signoff.workers.process": "ProcessWorker",
    "signoff.client.schemas.schedules": "CronSchedule IntervalSchedule RRuleSchedule",
    "signoff.deployments": "RunnerDeployment adeploy arun_deployment deploy run_deployment",
    "signoff.deployments.flow_runs": "arun_deployment run_deployment",
    "signoff.deployments.runner": "RunnerDeployment adeploy deploy",
    "signoff.types.entrypoint": "EntrypointType",
    "signoff.schedules": "Cron Interval RRule Schedule",
    "signoff.flows": "Flow aserve flow load_flow_from_entrypoint serve",
    "signoff.tasks": "Task exponential_backoff task task_input_hash",
    "signoff.futures": """
        DoneAndNotDoneFutures SignoffConcurrentFuture SignoffDistributedFuture SignoffFuture
        SignoffFutureList as_completed wait
    """,
    "signoff.states": """
        AwaitingConcurrencySlot AwaitingRetry Cancelled Cancelling Completed Crashed Failed
        InfrastructurePending Late Paused Pending Retrying Running Scheduled State StateDetails
        StateGroup StateType Submitting Suspended TERMINAL_STATES aget_state_exception
        araise_state_exception exception_to_crashed_state exception_to_failed_state
        format_exception get_state_exception is_state_iterable raise_state_exception
        return_value_to_state
    """,
    "signoff.context": """
        FlowRunContext MissingContextError SettingsContext TagsContext TaskRunContext
        get_run_context get_settings_context tags
    """,
    "signoff.runtime": "deployment flow_run task_run",
    "signoff.runtime.flow_run": """
        api_url flow_name flow_version id job_variables name parameters parent_deployment_id
        parent_flow_run_id root_flow_run_id run_count scheduled_start_time tags ui_url
    """,
    "signoff.runtime.task_run": "api_url id name parameters run_count tags task_name ui_url",
    "signoff.runtime.deployment": "flow_run_id id name parameters version",
    "signoff.task_runs": "TaskRunWaiter",
    "signoff.task_runners": """
        ConcurrentTaskRunner ProcessPoolTaskRunner TaskRunner ThreadPoolTaskRunner
    """,
    "signoff.logging": "disable_run_logger get_logger get_run_logger",
    "signoff.logging.loggers": """
        disable_run_logger flow_run_logger get_logger get_run_logger task_run_logger
    """,
    "signoff.input": """
        BaseRunInput GetInputHandler Keyset RunInput RunInputMetadata acreate_flow_run_input
        acreate_flow_run_input_from_model adelete_flow_run_input afilter_flow_run_input
        aread_flow_run_input asend_input create_flow_run_input create_flow_run_input_from_model
        delete_flow_run_input filter_flow_run_input keyset_from_base_key keyset_from_paused_state
        read_flow_run_input receive_input send_input
    """,
    "signoff.input.run_input": """
        AutomaticRunInput BaseRunInput GetInputHandler Keyset RunInput RunInputMetadata asend_input
        keyset_from_base_key keyset_from_paused_state receive_input run_input_subclass_from_type
        send_input
    """,
    "signoff.cache_policies": """
        CacheKeyFnPolicy CachePolicy CompoundCachePolicy DEFAULT FLOW_PARAMETERS FlowParameters
        INPUTS Inputs NONE NO_CACHE RUN_ID RunId TASK_SOURCE TaskSource
    """,
    "signoff.results": """
        ResultRecord ResultRecordMetadata ResultStore aget_default_result_storage
        aresolve_result_storage get_default_persist_setting get_default_persist_setting_for_tasks
        get_default_result_serializer get_default_result_storage get_result_store
        resolve_result_storage resolve_serializer should_persist_result
    """,
    "signoff.serializers": """
        CompressedJSONSerializer CompressedPickleSerializer CompressedSerializer JSONSerializer
        PickleSerializer Serializer signoff_json_object_decoder signoff_json_object_encoder
    """,
    "signoff.filesystems": """
        LocalFileSystem NullFileSystem ReadableFileSystem RemoteFileSystem WritableFileSystem
    """,
    "signoff.transactions": """
        AsyncTransaction BaseTransaction CommitMode IsolationLevel Transaction TransactionState
        atransaction get_transaction transaction
    """,
    "signoff.locking.memory": "MemoryLockManager",
    "signoff.locking.filesystem": "FileSystemLockManager",
    "signoff.locking.protocol": "LockManager",
    "signoff.testing.utilities": "signoff_test_harness",
    "signoff.variables": "Variable",
    "signoff.artifacts": """
        Artifact ImageArtifact LinkArtifact MarkdownArtifact ProgressArtifact TableArtifact
        acreate_image_artifact acreate_link_artifact acreate_markdown_artifact
        acreate_progress_artifact acreate_table_artifact aupdate_progress_artifact
        create_image_artifact create_link_artifact create_markdown_artifact
        create_progress_artifact create_table_artifact update_progress_artifact
    """,
    "signoff.client.schemas.actions": """
        ArtifactCreate ArtifactUpdate DeploymentCreate DeploymentScheduleCreate
        DeploymentScheduleUpdate DeploymentUpdate GlobalConcurrencyLimitCreate
        GlobalConcurrencyLimitUpdate VariableCreate VariableUpdate WorkPoolCreate WorkPoolUpdate
    """,
    "signoff.concurrency.sync": """
        AcquireConcurrencySlotTimeoutError ConcurrencySlotAcquisitionError concurrency rate_limit
    """,
    "signoff.concurrency.asyncio": """
        AcquireConcurrencySlotTimeoutError ConcurrencySlotAcquisitionError concurrency rate_limit
    """,
    "signoff.client.schemas.bulk": """
        BulkAction BulkPreview BulkStatus BulkView Outcome Receipt Refusals
        Sample
    """,
    "signoff.flow_engine": "run_flow run_flow_async run_flow_sync",
    "signoff.task_engine": "run_task run_task_async run_task_sync",
    "signoff.utilities.asyncutils": """
        asyncnullcontext create_task gather is_async_fn is_async_gen_fn run_coro_as_sync
        run_sync_in_worker_thread
    """,
    "signoff.utilities.callables": """
        ParameterSchema call_with_parameters get_call_parameters get_parameter_defaults
        parameter_docstrings parameter_schema parameters_to_args_kwargs
    """,
    "signoff.utilities.hashing": "hash_objects",
    "signoff.utilities.collections": """
        AutoEnum StopVisiting batched_iterable deep_merge deep_merge_dicts dict_to_flatdict
        distinct ensure_iterable extract_instances flatdict_to_dict get_from_dict isiterable
        listrepr remove_nested_keys set_in_dict visit_collection
    """,
    "signoff.utilities.annotations": """
        BaseAnnotation NotSet Quote allow_failure opaque quote unmapped
    """,
}


@pytest.mark.parametrize("module", EXPORTS)
def test_exactly_these_names_are_public(module: str) -> None:
    loaded = importlib.import_module(module)
    assert sorted(loaded.__all__) == sorted(EXPORTS[module].split())
    for name in loaded.__all__:
        assert hasattr(loaded, name)


def test_what_is_not_there_says_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'teleport'"):
        importlib.import_module("signoff").teleport  # noqa: B018


def test_modules_are_attributes_of_the_package() -> None:
    signoff = importlib.import_module("signoff")
    for name in ("context", "states", "runtime", "client", "blocks", "runner", "variables"):
        assert getattr(signoff, name) is importlib.import_module(f"signoff.{name}")
