"""YAML as nodes with places.

Owns syntax, limits, and the findings about a text. Must not know flows.
"""
