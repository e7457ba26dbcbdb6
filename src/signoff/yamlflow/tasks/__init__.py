"""The code of runnable task types.

Owns what a task does once its properties are rendered. Must not know how a task is retried, timed
out, recorded or reached; a module here is loaded when a task of its type first runs, and never by a
server.
"""
