"""Flows and deployments: what can run, how it has done so far, and starting it.

Owns the pages under `/flows` and `/deployments`.
"""
