"""Runs user code: flows and tasks as programs of effects, and the drivers that carry them out.

Owns what happens between the first and the last line of a flow. Must not know SQL, HTTP or the
decorators; it reaches the service through `core.ports.Gateway` alone.
"""
