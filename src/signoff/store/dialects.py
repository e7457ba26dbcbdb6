"""Where the two databases differ, as fragments that go into the common statements.

Owns the fragments `{name}` of the SQL files and the few expressions that list filters need. Must
not know tables or connections.
"""

from __future__ import annotations

from collections.abc import Mapping

from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One database's way of saying things.

    Args:
        name: `sqlite` or `postgres`.
        fragments: what stands for `{name}` in the SQL files.
        named: how a parameter is written, with `%s` for its name.
        each_tag: a table expression over a column of labels, with a column `value`; `%s` is the
            column.
        locks_rows: rows are locked one by one; else whoever writes has the database for himself.
    """

    name: str
    fragments: Mapping[str, str]
    named: str
    each_tag: str
    locks_rows: bool


SQLITE = Dialect(
    name="sqlite",
    fragments={
        "identity": "INTEGER PRIMARY KEY",
        "own_number": "INTEGER PRIMARY KEY",
        # Never gives a number twice, so a reader's cursor stays true after runs were deleted.
        "history_key": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "next_seq": "NULL",
        "next_seqs": "NULL",
        "settled": "1 = 1",
        "bytes": "BLOB",
        "no_run": "zeroblob(16)",
        "clustered": "WITHOUT ROWID",
        "for_update": "",
        "for_update_free": "",
        "for_update_of_runs": "",
        "while_unlocked": "",
        "shard": "0",
        "like": "LIKE",
        "schema_number": "user_version FROM pragma_user_version",
        "listed": "SELECT value FROM json_each(:numbers)",
        "numbers_of_runs": "json_group_array(r.no)",
        "packed_indexes": "",
        "record_host": "json_extract(body, '$.host')",
        "record_user": "json_extract(body, '$.user')",
        "record_module": "json_extract(body, '$.module')",
        "record_refusal": "json_extract(body, '$.refusal')",
    },
    named=":%s",
    each_tag="json_each(%s)",
    locks_rows=False,
)

_BASE = "(SELECT value FROM counters WHERE name = 'history_base' AND shard = 0)"
_SEQ = f"((pg_current_xact_id()::text::bigint + {_BASE}) << 20) + :ordinal"
# Rows of these come in the order of their indexes, so that no room has to be left on the pages.
_PACKED = (
    "DO $$ DECLARE each text; BEGIN FOREACH each IN ARRAY ARRAY['runs_pkey', 'runs_id_key',"
    " 'waits_pkey', 'history_pkey', 'history_run', 'logs_pkey', 'parameters_pkey']"
    " LOOP EXECUTE format('ALTER INDEX %I SET (fillfactor = 100)', each); END LOOP; END $$"
)

POSTGRES = Dialect(
    name="postgres",
    fragments={
        "identity": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "own_number": "BIGINT PRIMARY KEY",
        "history_key": "BIGINT PRIMARY KEY",
        # Transaction number and place within it: unlike a sequence, this order is the one in which
        # rows may appear, so that a reader that waits for older transactions misses none.
        "next_seq": _SEQ,
        "next_seqs": f"{_SEQ} + ROW_NUMBER() OVER (ORDER BY w.run) - 1",
        "settled": "h.seq < (pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        f" + {_BASE}) << 20",
        "bytes": "BYTEA",
        "no_run": "decode(repeat('00', 16), 'hex')",
        "clustered": "",
        "schema_number": "MAX(number) FROM schema_versions",
        "for_update": "FOR UPDATE",
        "for_update_free": "FOR UPDATE SKIP LOCKED",
        "for_update_of_runs": "FOR UPDATE OF r",
        # Conflicts with FOR UPDATE only: tasks of one run may end side by side, but not while a
        # process enters the run.
        "while_unlocked": "FOR KEY SHARE",
        # Many connections count side by side.
        "shard": "pg_backend_pid() % 16",
        "like": "ILIKE",
        "listed": "SELECT value::bigint"
        " FROM json_array_elements_text(CAST(:numbers AS json)) AS numbers(value)",
        "numbers_of_runs": "json_agg(r.no)::text",
        "packed_indexes": _PACKED,
        "record_host": "body::json->>'host'",
        "record_user": "body::json->>'user'",
        "record_module": "body::json->>'module'",
        "record_refusal": "body::json->>'refusal'",
    },
    named="%%(%s)s",
    each_tag="jsonb_array_elements_text(%s::jsonb) AS each_tag(value)",
    locks_rows=True,
)
