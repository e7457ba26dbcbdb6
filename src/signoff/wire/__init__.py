"""HTTP as data: which endpoints there are, and how requests, replies and refusals are written.

Owns paths, JSON and problem bodies, for both ends. Must not know sockets, frameworks or databases.
"""
