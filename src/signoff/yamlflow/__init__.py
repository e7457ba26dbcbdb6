"""YAML documents as flows.

Owns the flow language: reading a document, judging it, and running it on the engine that runs
Python flows. Everything a document does goes through `signoff.authoring`: no second engine.
"""
