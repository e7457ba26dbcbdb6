"""Ids that are the same whenever a run is entered."""

from __future__ import annotations

from uuid import UUID

from signoff.model.ids import uuid7_time
from signoff.yamlflow.running.ids import derived_id

RUN = UUID("019aa3b1-7c44-7d2e-9f10-0123456789ab")


def test_an_id_stays_what_it_was_for_runs_that_wait() -> None:
    assert derived_id(RUN, "1 yaml:ask") == UUID("019aa3b1-7c44-722e-bfc4-bd88e8f8ccf8")


def test_an_id_is_a_uuid_of_version_7_of_the_time_of_its_run() -> None:
    made = derived_id(RUN, "1 yaml:ask")

    assert (made.version, made.variant) == (7, RUN.variant)
    assert uuid7_time(made) // 1000 == uuid7_time(RUN) // 1000


def test_other_things_in_a_run_have_other_ids() -> None:
    assert derived_id(RUN, "1 yaml:ask") != derived_id(RUN, "2 yaml:ask")
