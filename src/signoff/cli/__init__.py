"""The command line: what people and scripts can ask of Signoff in a shell.

Owns commands, what they print and their exit codes: 0 it is done, 1 it was refused or failed (one
clear line on standard error), 2 the command was written wrongly. Must not decide anything: every
command is a request of `model/commands.py` or `model/queries.py` to the gateway. Modules load
what they need inside functions, so that a command loads nothing it does not use.
"""
