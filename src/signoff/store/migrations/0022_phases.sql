-- How many runs are in a state, and those of a state that few are in, without looking at all runs.

CREATE INDEX runs_phase ON runs (phase);
