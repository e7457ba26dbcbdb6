"""Pure decisions: what is legal, what is next, whether an answer fits.

Everything here is a function of its arguments. Clock, ids, secrets and look-ups are passed in;
nothing here does I/O, logs, sleeps or starts threads.
"""
