"""Expressions of YAML flows: `{{ … }}` and `{% … %}` in texts.

From text to a tree of frozen values (`parsing`, `templates`), from the tree to a value
(`evaluating`, `executing`); `rendering` is the face for everybody else. Pure: the clock, ids,
chance, secrets and all else that is not in the variables come in as `ports.Lookups`. What
expressions may do is in the `catalogue`; nothing else can be called, and no attribute of a Python
object can be reached.
"""
