"""Values: states, runs, waits, commands, replies, filters, settings, errors.

Owns what Signoff's facts look like. Must not know how they are decided, stored, sent or shown,
and reads no clock on behalf of anybody else: times and ids arrive as arguments.
"""
