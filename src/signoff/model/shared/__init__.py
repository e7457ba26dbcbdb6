"""State that flows share: variables, artifacts, limits. One module each, with its requests.

Owns values, filters and requests. Loaded on first use only: the documented schemas are Pydantic
models, and most flows need none of them.
"""
