-- Labels of flows, and flows that were deleted. The row of a deleted flow stays: processes know its
-- number, and a run of its name that begins later brings it back.

ALTER TABLE flows ADD COLUMN tags TEXT;
ALTER TABLE flows ADD COLUMN deleted BIGINT;
