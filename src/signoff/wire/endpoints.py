"""The table of endpoints: every request that travels over HTTP, and nothing else does.

Server routes, the client and the OpenAPI document are derived from it. Paths and fields are those
of the documented REST API of flow runs, task runs, inputs, flows and logs where it has the
operation. Owns the table; must not know how a request is written (`codec.py`) or carried out.

The fields of a request that its path names travel there; the others in the query of a GET or
DELETE, and in the JSON body of any other method.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from signoff.model import backfilling as bf
from signoff.model import bulk as b
from signoff.model import claims, deploying, lookups, many_runs, scheduling
from signoff.model import commands as c
from signoff.model import emitted as em
from signoff.model import following as fo
from signoff.model import key_values as kv
from signoff.model import queries as q
from signoff.model import records as rec
from signoff.model import run_lists as rl
from signoff.model import saved_flows as sf
from signoff.model import saved_views as sv
from signoff.model import secrets as sec
from signoff.model import standstill as ss
from signoff.model import starting as st
from signoff.model.deployments import DeploymentResponse
from signoff.model.documents import KeepDocument, ReadDocument
from signoff.model.events import HistoryEntry
from signoff.model.files import DeleteFile, File, KeepFile, ReadFile
from signoff.model.forms import Json
from signoff.model.health import ReadSchema, Schema
from signoff.model.journal import EntryRecord, Result, TaskRecord, TaskStart
from signoff.model.replaying import ReplayRun
from signoff.model.replies import (
    AnswerAccepted,
    Done,
    EnteredRun,
    InboxItem,
    RunHandle,
    RunSignal,
    RunSuspended,
    SettledItem,
    StateSet,
    WaitOutcome,
    WaitView,
)
from signoff.model.schedules import DeploymentSchedule
from signoff.model.shared import artifacts as a
from signoff.model.shared import limits as m
from signoff.model.shared import slots as s
from signoff.model.shared import variables as v
from signoff.model.shared import work_pools as w
from signoff.model.states import State
from signoff.model.task_types import PublishTaskTypes, ReadTaskTypes
from signoff.model.values import dataclass
from signoff.model.views import Flow, FlowRun, FlowRunInput, Log, TaskRun
from signoff.wire import deployments as wd
from signoff.wire import documented as d
from signoff.wire import emitted as we
from signoff.wire import records as r
from signoff.wire.recipes import OrchestrationResult
from signoff.wire.watching import Watch, WatchDue
from signoff.wire.yaml_flows import (
    AnswerForm,
    FlowPart,
    FlowVerdict,
    ReadLanguage,
    ReadOutline,
    ValidateFlow,
)

PREFIX = "/api"
"""What every path begins with; the documented `SIGNOFF_API_URL` ends with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """One operation over HTTP.

    Args:
        method: the HTTP method.
        path: below `PREFIX`; a part in braces is the field of the request that travels there.
        request: class of the request.
        reply: type of the reply.
        status: HTTP status of a reply.
        whole: the field that is the whole body, where the body is not an object.
        text: the reply is plain text rather than JSON.
        by_programs: what is sent is a program's report, which is never refused for its wording.
    """

    method: str
    path: str
    request: type[c.Request[Any]]
    reply: Any
    status: int = 200
    whole: str | None = None
    text: bool = False
    by_programs: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The path, part by part."""
        return tuple(part for part in self.path.split("/") if part)

    @property
    def path_fields(self) -> tuple[str, ...]:
        """The fields that travel in the path."""
        return tuple(part[1:-1] for part in self.parts if part.startswith("{"))

    @property
    def in_query(self) -> bool:
        """The fields that are not in the path travel in the query (else in the body)."""
        return self.method in ("GET", "DELETE")

    @property
    def reads(self) -> bool:
        """Nothing changes."""
        return issubclass(self.request, lookups.Query)


_V2 = "/v2/concurrency_limits"
_FLOW = "/yaml-flows/{namespace}/{flow}"
_Limits = tuple[s.MinimalConcurrencyLimitResponse, ...]

ENDPOINTS: tuple[Endpoint, ...] = (
    # A process and its runs
    Endpoint("POST", "/processes", c.RegisterProcess, Done, 204),
    Endpoint("POST", "/processes/alive", claims.KeepAlive, Done, 204),
    Endpoint("POST", "/claims", claims.ClaimRuns, claims.Claims),
    Endpoint("POST", "/claims/ended", claims.EndChildren, claims.GivenBack, by_programs=True),
    Endpoint("POST", "/claims/wait", WatchDue, bool),
    Endpoint("POST", "/watch", Watch, tuple[RunSignal, ...]),
    Endpoint("POST", "/signals", lookups.ReadSignals, tuple[RunSignal, ...]),
    Endpoint("POST", "/runs/create", c.CreateRun, RunHandle, 201),
    Endpoint("POST", "/runs/start", c.StartRun, RunHandle, 201),
    Endpoint("POST", "/runs/{run_id}/enter", c.EnterRun, EnteredRun),
    Endpoint("POST", "/runs/{run_id}/leave", c.LeaveRun, RunHandle),
    Endpoint("POST", "/runs/{run_id}/attempt", c.BeginAttempt, RunHandle),
    Endpoint("POST", "/runs/{run_id}/retry", c.RetryAttempt, RunHandle, by_programs=True),
    Endpoint("POST", "/runs/{run_id}/finish", c.FinishRun, RunHandle, by_programs=True),
    Endpoint("POST", "/tasks/finish", c.FinishTasks, Done, 204, by_programs=True),
    Endpoint("POST", "/tasks/start", c.StartTasks, Done, 204, by_programs=True),
    Endpoint("POST", "/logs/write", c.WriteLogs, Done, 204, by_programs=True),
    Endpoint("GET", "/runs/{run_id}", lookups.ReadHandle, RunHandle),
    Endpoint("GET", "/runs/{run_id}/journal", lookups.ReadJournal, tuple[TaskRecord, ...]),
    Endpoint("GET", "/runs/{run_id}/begun", lookups.ReadBegun, tuple[TaskStart, ...]),
    Endpoint("GET", "/runs/{run_id}/entry", lookups.ReadEntry, EntryRecord | None),
    Endpoint("GET", "/runs/{run_id}/result", lookups.ReadResult, Result),
    Endpoint("GET", "/task_runs/{task_run_id}/result", q.ReadTaskResult, Result),
    # Waits
    Endpoint("POST", "/runs/{run_id}/waits", c.OpenWait, WaitOutcome, 201),
    Endpoint("GET", "/runs/{run_id}/waits", q.ReadWaits, tuple[WaitView, ...]),
    Endpoint("GET", "/runs/{run_id}/waits/{key}", q.ReadWait, WaitView),
    Endpoint("GET", "/runs/{run_id}/wait", q.ReadWait, WaitView),
    Endpoint("POST", "/runs/{run_id}/waits/{key}/answer", AnswerForm, AnswerAccepted),
    Endpoint("POST", "/runs/{run_id}/waits/{key}/poll", c.PollWait, WaitOutcome),
    Endpoint("POST", "/runs/{run_id}/waits/{key}/reopen", c.ReopenWait, WaitOutcome),
    Endpoint("POST", "/runs/{run_id}/waits/{key}/withdraw", c.WithdrawWait, Done, 204),
    Endpoint("POST", "/runs/{run_id}/taken", c.TakeOutcome, Done, 204),
    Endpoint("POST", "/runs/{run_id}/reentry", c.NoteReentry, Done, 204),
    Endpoint("POST", "/runs/{run_id}/answer", c.AnswerWait, AnswerAccepted),
    Endpoint("GET", "/inbox", q.ReadInbox, tuple[InboxItem, ...]),
    Endpoint("GET", "/inbox/count", q.CountInbox, int),
    Endpoint("GET", "/inbox/settled", q.ReadSettled, tuple[SettledItem, ...]),
    # From outside
    Endpoint("POST", "/runs/{run_id}/pause", c.HoldRun, RunHandle),
    Endpoint("POST", "/runs/{run_id}/suspend", c.SuspendRun, RunSuspended),
    Endpoint("POST", "/runs/{run_id}/cancel", c.CancelRun, RunHandle),
    Endpoint("POST", "/runs/{run_id}/rerun", c.RerunRun, RunHandle),
    Endpoint("POST", "/runs/{run_id}/replay", ReplayRun, RunHandle),
    Endpoint("POST", "/runs/{run_id}/state", c.SetRunState, StateSet),
    Endpoint("GET", "/runs/{run_id}/history", q.ReadHistory, tuple[HistoryEntry, ...]),
    Endpoint("GET", "/runs/{run_id}/inputs/{key}", q.ReadInput, FlowRunInput),
    Endpoint("GET", "/history", q.ReadEvents, tuple[HistoryEntry, ...]),
    Endpoint("GET", "/runs/{run_id}/standstill", ss.WhyNotStarted, ss.Standstill | None),
    Endpoint("GET", "/admin/version", rec.ReadVersion, str),
    Endpoint("GET", "/admin/schema", ReadSchema, Schema),
    # Lists of runs, as people leaf through them
    Endpoint("POST", "/runs/page", rl.PageRuns, rl.RunPage),
    Endpoint("POST", "/runs/tally", rl.TallyRuns, tuple[int, ...]),
    Endpoint("POST", "/runs/questions", rl.ReadQuestions, tuple[rl.Question, ...]),
    Endpoint("POST", "/views", sv.SaveView, sv.SavedView, 201),
    Endpoint("GET", "/views", sv.ReadViews, tuple[sv.SavedView, ...]),
    Endpoint("DELETE", "/views", sv.ForgetView, Done, 204),
    # Many runs
    Endpoint("POST", "/bulk", b.PreviewBulk, b.BulkPreview, 201),
    Endpoint("POST", "/bulk/{bulk_id}/run", b.RunBulk, b.BulkView),
    Endpoint("POST", "/bulk/{bulk_id}/stop", b.StopBulk, b.BulkView),
    Endpoint("GET", "/bulk/{bulk_id}", b.ReadBulk, b.BulkView),
    Endpoint("GET", "/bulk/{bulk_id}/receipts", b.ReadReceipts, tuple[b.Receipt, ...]),
    # Documented: flow runs and their states
    Endpoint("POST", "/flow_runs/", d.CreateFlowRun, FlowRun, 201),
    Endpoint("GET", "/flow_runs/{run_id}", q.ReadRun, FlowRun),
    Endpoint("PATCH", "/flow_runs/{run_id}", c.UpdateRun, Done, 204),
    Endpoint("DELETE", "/flow_runs/{run_id}", c.DeleteRun, Done, 204),
    Endpoint("POST", "/flow_runs/filter", q.ReadRuns, tuple[FlowRun, ...]),
    Endpoint("POST", "/flow_runs/count", q.CountRuns, int),
    Endpoint("POST", "/flow_runs/paginate", r.PageOfFlowRuns, r.FlowRunPage),
    Endpoint("POST", "/flow_runs/{run_id}/set_state", d.SetFlowRunState, OrchestrationResult),
    Endpoint("POST", "/flow_runs/{run_id}/resume", d.ResumeFlowRun, OrchestrationResult),
    Endpoint("GET", "/flow_run_states/", d.ReadFlowRunStates, tuple[State[Any], ...]),
    # Documented: inputs of a flow run
    Endpoint("POST", "/flow_runs/{run_id}/input", c.CreateInput, Done, 201),
    Endpoint("POST", "/flow_runs/{run_id}/input/filter", q.FilterInputs, tuple[FlowRunInput, ...]),
    Endpoint("GET", "/flow_runs/{run_id}/input/{key}", d.ReadInputValue, str, text=True),
    Endpoint("DELETE", "/flow_runs/{run_id}/input/{key}", c.DeleteInput, Done, 204),
    # Documented: task runs, flows, logs
    Endpoint("GET", "/task_runs/{task_run_id}", q.ReadTaskRun, TaskRun),
    Endpoint("POST", "/task_runs/filter", q.ReadTaskRuns, tuple[TaskRun, ...]),
    Endpoint("POST", "/task_runs/count", rec.CountTaskRuns, int),
    Endpoint("POST", "/task_runs/paginate", r.PageOfTaskRuns, r.TaskRunPage),
    Endpoint("POST", "/task_runs/", r.NewTaskRun, TaskRun, 201),
    Endpoint("POST", "/task_runs/create", rec.CreateTaskRun, TaskRun, 201),
    Endpoint("PATCH", "/task_runs/{task_run_id}", rec.UpdateTaskRun, Done, 204),
    Endpoint("DELETE", "/task_runs/{task_run_id}", rec.DeleteTaskRun, Done, 204),
    Endpoint(
        "POST", "/task_runs/{task_run_id}/set_state", r.ProposeTaskRunState, OrchestrationResult
    ),
    Endpoint("POST", "/task_runs/{task_run_id}/state", rec.SetTaskRunState, rec.TaskStateSet),
    Endpoint("GET", "/task_run_states/", r.ReadTaskRunStates, tuple[State[Any], ...]),
    Endpoint("POST", "/flows/", rec.CreateFlow, Flow, 201),
    Endpoint("PATCH", "/flows/{flow_id}", rec.UpdateFlow, Done, 204),
    Endpoint("DELETE", "/flows/{flow_id}", rec.DeleteFlow, Done, 204),
    Endpoint("POST", "/flows/count", rec.CountFlows, int),
    Endpoint("POST", "/flows/paginate", r.PageOfFlows, r.FlowPage),
    Endpoint("GET", "/flows/{flow_id}", q.ReadFlow, Flow),
    Endpoint("GET", "/flows/name/{name}", q.ReadFlow, Flow),
    Endpoint("POST", "/flows/filter", q.ReadFlows, tuple[Flow, ...]),
    Endpoint("POST", "/logs/", d.CreateLogs, Done, 201, whole="logs", by_programs=True),
    Endpoint("POST", "/logs/filter", q.ReadLogs, tuple[Log, ...]),
    # Deployments
    Endpoint("POST", "/deployment/create", deploying.CreateDeployment, DeploymentResponse, 201),
    Endpoint(
        "POST", "/deployment/{deployment_id}/run", deploying.CreateDeploymentRun, RunHandle, 201
    ),
    Endpoint(
        "POST",
        "/deployment/{deployment_id}/runs",
        many_runs.CreateDeploymentRuns,
        tuple[many_runs.MadeRun, ...],
        201,
    ),
    Endpoint("POST", "/schedules/keep", scheduling.KeepSchedules, scheduling.SchedulesKept),
    # Documented: deployments and their schedules
    Endpoint(
        "POST", "/deployments/", wd.PostDeployment, DeploymentResponse, 201, whole="deployment"
    ),
    Endpoint("GET", "/deployments/{deployment_id}", deploying.ReadDeployment, DeploymentResponse),
    Endpoint(
        "GET",
        "/deployments/name/{flow_name}/{deployment_name}",
        deploying.ReadDeployment,
        DeploymentResponse,
    ),
    Endpoint(
        "PATCH",
        "/deployments/{deployment_id}",
        deploying.UpdateDeployment,
        Done,
        204,
        whole="changes",
    ),
    Endpoint("DELETE", "/deployments/{deployment_id}", deploying.DeleteDeployment, Done, 204),
    Endpoint(
        "POST",
        "/deployments/filter",
        deploying.ReadDeployments,
        tuple[DeploymentResponse, ...],
    ),
    Endpoint("POST", "/deployments/count", deploying.CountDeployments, int),
    Endpoint(
        "POST", "/deployments/{deployment_id}/create_flow_run", wd.PostDeploymentRun, FlowRun, 201
    ),
    Endpoint(
        "POST", "/deployments/{deployment_id}/pause_deployment", deploying.PauseDeployment, Done
    ),
    Endpoint(
        "POST", "/deployments/{deployment_id}/resume_deployment", deploying.ResumeDeployment, Done
    ),
    Endpoint(
        "POST",
        "/deployments/{deployment_id}/schedules",
        scheduling.CreateSchedules,
        tuple[DeploymentSchedule, ...],
        201,
        whole="schedules",
    ),
    Endpoint(
        "GET",
        "/deployments/{deployment_id}/schedules",
        scheduling.ReadSchedules,
        tuple[DeploymentSchedule, ...],
    ),
    Endpoint(
        "PATCH",
        "/deployments/{deployment_id}/schedules/{schedule_id}",
        scheduling.UpdateSchedule,
        Done,
        204,
        whole="changes",
    ),
    Endpoint(
        "DELETE",
        "/deployments/{deployment_id}/schedules/{schedule_id}",
        scheduling.DeleteSchedule,
        Done,
        204,
    ),
    # Documented: events
    Endpoint("POST", "/events", em.EmitEvents, Done, 204, whole="events"),
    Endpoint("POST", "/events/filter", we.FilterEvents, we.EventPage),
    Endpoint("POST", "/emitted/filter", em.ReadEmitted, tuple[em.Event, ...]),
    Endpoint("POST", "/emitted/count", em.CountEmitted, int),
    # Documents of flows
    Endpoint("POST", "/documents", KeepDocument, str, 201),
    Endpoint("GET", "/documents/{digest}", ReadDocument, str, text=True),
    # Saved flows
    Endpoint("POST", "/yaml-flows", sf.SaveFlow, sf.SavedFlow, 201),
    Endpoint("POST", "/yaml-flows/validate", ValidateFlow, FlowVerdict),
    Endpoint("GET", "/yaml-flows/schema", ReadLanguage, Mapping[str, Json]),
    Endpoint("GET", "/yaml-flows", sf.ReadSavedFlows, tuple[sf.SavedFlow, ...]),
    Endpoint("GET", _FLOW, sf.ReadSavedFlow, sf.SavedFlow),
    Endpoint("DELETE", _FLOW, sf.DeleteSavedFlow, Done, 204),
    Endpoint("POST", f"{_FLOW}/enable", sf.EnableFlow, Done, 204),
    Endpoint("POST", f"{_FLOW}/disable", sf.DisableFlow, Done, 204),
    Endpoint("GET", f"{_FLOW}/revisions", sf.ReadRevisions, tuple[sf.FlowRevision, ...]),
    Endpoint("GET", f"{_FLOW}/revisions/{{revision}}", sf.ReadRevision, sf.FlowRevision),
    Endpoint("GET", f"{_FLOW}/diff", sf.ReadDifference, str, text=True),
    Endpoint("GET", f"{_FLOW}/outline", ReadOutline, tuple[FlowPart, ...]),
    Endpoint("GET", f"{_FLOW}/triggers", sf.ReadTriggers, tuple[sf.TriggerFacts, ...]),
    Endpoint("GET", f"{_FLOW}/triggers/{{trigger}}/key", sf.ReadWebhookKey, str),
    Endpoint("POST", f"{_FLOW}/executions", st.StartFlow, RunHandle, 201),
    Endpoint(
        "POST",
        f"{_FLOW}/triggers/{{trigger}}/backfill",
        bf.BackfillFlow,
        tuple[RunHandle, ...],
        201,
    ),
    Endpoint("GET", "/runs/{run_id}/trigger", st.ReadTrigger, Mapping[str, Json] | None),
    Endpoint("GET", "/flow-triggers/work", fo.ReadFollowWork, fo.FollowWork),
    Endpoint("POST", "/flow-triggers/follow", fo.FollowRuns, fo.Followed),
    Endpoint("POST", "/task-types", PublishTaskTypes, Done, 204),
    Endpoint("GET", "/task-types", ReadTaskTypes, tuple[Mapping[str, Json], ...]),
    Endpoint("POST", "/files", KeepFile, str, 201),
    Endpoint("GET", "/files/read", ReadFile, File),
    Endpoint("DELETE", "/files", DeleteFile, Done, 204),
    # Key-value pairs
    Endpoint("PUT", "/kv/{namespace}/{key}", kv.SetKeyValue, kv.KeyValue),
    Endpoint("GET", "/kv/{namespace}/{key}", kv.ReadKeyValue, kv.KeyValue | None),
    Endpoint("DELETE", "/kv/{namespace}/{key}", kv.DeleteKeyValue, bool),
    Endpoint("GET", "/kv/{namespace}", kv.ReadKeys, tuple[kv.KeyFacts, ...]),
    # Secrets
    Endpoint("POST", "/secrets/", sec.SaveSecret, Done, 204),
    Endpoint("GET", "/secrets/", sec.ReadSecrets, tuple[sec.SecretFacts, ...]),
    Endpoint("GET", "/secrets/{name}/value", sec.OpenSecret, sec.SecretValue),
    Endpoint("DELETE", "/secrets/{name}", sec.DeleteSecret, Done, 204),
    # Documented: work pools, queues and workers
    Endpoint("POST", "/work_pools/", w.CreateWorkPool, w.WorkPool, 201),
    Endpoint("GET", "/work_pools/{pool_name}", w.ReadWorkPool, w.WorkPool),
    Endpoint("PATCH", "/work_pools/{pool_name}", w.UpdateWorkPool, Done, 204),
    Endpoint("DELETE", "/work_pools/{pool_name}", w.DeleteWorkPool, Done, 204),
    Endpoint("POST", "/work_pools/filter", w.ReadWorkPools, tuple[w.WorkPool, ...]),
    Endpoint("POST", "/work_pools/count", w.CountWorkPools, int),
    Endpoint(
        "POST",
        "/work_pools/{pool_name}/get_scheduled_flow_runs",
        w.ReadScheduledRuns,
        tuple[w.WorkerFlowRunResponse, ...],
    ),
    Endpoint("POST", "/work_pools/{pool_name}/queues", w.CreateWorkQueue, w.WorkQueue, 201),
    Endpoint("GET", "/work_pools/{pool_name}/queues/{queue_name}", w.ReadWorkQueue, w.WorkQueue),
    Endpoint("PATCH", "/work_pools/{pool_name}/queues/{queue_name}", w.UpdateWorkQueue, Done, 204),
    Endpoint("DELETE", "/work_pools/{pool_name}/queues/{queue_name}", w.DeleteWorkQueue, Done, 204),
    Endpoint(
        "POST", "/work_pools/{pool_name}/queues/filter", w.ReadWorkQueues, tuple[w.WorkQueue, ...]
    ),
    Endpoint("POST", "/work_pools/{pool_name}/workers/heartbeat", w.WorkerHeartbeat, Done, 204),
    Endpoint("POST", "/work_pools/{pool_name}/workers/filter", w.ReadWorkers, tuple[w.Worker, ...]),
    Endpoint("DELETE", "/work_pools/{pool_name}/workers/{name}", w.WorkerGone, Done, 204),
    Endpoint(
        "GET", "/work_pools/{pool_name}/standstill", ss.WhyNothingStarts, ss.Standstill | None
    ),
    # Documented: variables
    Endpoint("POST", "/variables/", v.CreateVariable, v.Variable, 201),
    Endpoint("GET", "/variables/{variable_id}", v.ReadVariable, v.Variable),
    Endpoint("GET", "/variables/name/{name}", v.ReadVariable, v.Variable),
    Endpoint("PATCH", "/variables/{variable_id}", v.UpdateVariable, Done, 204),
    Endpoint("PATCH", "/variables/name/{variable_name}", v.UpdateVariable, Done, 204),
    Endpoint("DELETE", "/variables/{variable_id}", v.DeleteVariable, Done, 204),
    Endpoint("DELETE", "/variables/name/{name}", v.DeleteVariable, Done, 204),
    Endpoint("POST", "/variables/filter", v.ReadVariables, tuple[v.Variable, ...]),
    Endpoint("POST", "/variables/count", v.CountVariables, int),
    # Documented: artifacts
    Endpoint("POST", "/artifacts/", a.CreateArtifact, a.Artifact, 201),
    Endpoint("GET", "/artifacts/{artifact_id}", a.ReadArtifact, a.Artifact),
    Endpoint("PATCH", "/artifacts/{artifact_id}", a.UpdateArtifact, Done, 204),
    Endpoint("DELETE", "/artifacts/{artifact_id}", a.DeleteArtifact, Done, 204),
    Endpoint("GET", "/artifacts/{key}/latest", a.ReadLatestArtifact, a.Artifact),
    Endpoint("POST", "/artifacts/filter", a.ReadArtifacts, tuple[a.Artifact, ...]),
    Endpoint("POST", "/artifacts/count", a.CountArtifacts, int),
    Endpoint(
        "POST", "/artifacts/latest/filter", a.ReadLatestArtifacts, tuple[a.ArtifactCollection, ...]
    ),
    Endpoint("POST", "/artifacts/latest/count", a.CountLatestArtifacts, int),
    # Slots of limits
    Endpoint("POST", "/slots/acquire", s.AcquireSlots, s.SlotsReply),
    Endpoint("POST", "/slots/release", s.ReleaseSlots, Done, 204),
    Endpoint("POST", "/slots/renew", s.RenewLeases, tuple[UUID, ...]),
    Endpoint("GET", "/slots/tags", s.ReadLimitedTags, tuple[str, ...]),
    # Documented: global limits
    Endpoint("POST", f"{_V2}/", m.CreateLimit, m.GlobalConcurrencyLimit, 201),
    Endpoint("GET", f"{_V2}/{{id_or_name}}", m.ReadLimit, m.GlobalConcurrencyLimit),
    Endpoint("PATCH", f"{_V2}/{{id_or_name}}", m.UpdateLimit, Done, 204),
    Endpoint("DELETE", f"{_V2}/{{id_or_name}}", m.DeleteLimit, Done, 204),
    Endpoint("POST", f"{_V2}/filter", m.ReadLimits, tuple[m.GlobalConcurrencyLimit, ...]),
    Endpoint("POST", f"{_V2}/increment", s.IncrementSlots, _Limits),
    Endpoint("POST", f"{_V2}/decrement", s.DecrementSlots, _Limits),
    Endpoint(
        "POST",
        f"{_V2}/increment-with-lease",
        s.IncrementWithLease,
        s.ConcurrencyLimitWithLeaseResponse,
    ),
    Endpoint("POST", f"{_V2}/decrement-with-lease", s.ReleaseSlots, Done, 204),
    Endpoint("POST", f"{_V2}/leases/{{lease_id}}/renew", s.RenewLease, Done, 204),
    # Documented: limits of tags
    Endpoint("POST", "/concurrency_limits/", m.SetTagLimit, m.ConcurrencyLimit),
    Endpoint("GET", "/concurrency_limits/{limit_id}", m.ReadTagLimit, m.ConcurrencyLimit),
    Endpoint("GET", "/concurrency_limits/tag/{tag}", m.ReadTagLimit, m.ConcurrencyLimit),
    Endpoint("DELETE", "/concurrency_limits/{limit_id}", m.DeleteTagLimit, Done, 204),
    Endpoint("DELETE", "/concurrency_limits/tag/{tag}", m.DeleteTagLimit, Done, 204),
    Endpoint("POST", "/concurrency_limits/tag/{tag}/reset", m.ResetTagLimit, Done, 204),
    Endpoint("POST", "/concurrency_limits/filter", m.ReadTagLimits, tuple[m.ConcurrencyLimit, ...]),
)
"""Of two endpoints with one request class, the first whose path fields are all given is used."""
