"""Use cases: one command is one atomic unit of work.

Owns who may be told what, and in which order things are saved. Must not know SQL, HTTP or threads.
"""
