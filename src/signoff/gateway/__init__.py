"""The ways to reach the service: in this process, or over HTTP.

Owns the choice between them and the settings that decide it. Must not know what is asked.
"""
