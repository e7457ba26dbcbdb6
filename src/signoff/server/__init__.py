"""The HTTP server: one process that carries out requests for many clients.

Owns routes, authentication, long polls, the event stream, and the loops that act when nobody asks
(deadlines, dead processes). Must not know what a request does: that is the service's.
"""
