"""Regular expressions whose work is bounded by the length of pattern and text.

Python's own may try exponentially many ways, and whoever writes a flow is not trusted with the
machine. These try all ways at once, step by step (Thompson's construction), so the worst pattern
takes as many steps as the text has characters, times the length of the pattern; looking ahead pays
for what it looks at. What that rules out, looking behind and references back, is refused.
`matching` finds, `using` replaces, splits and compares.
"""

from signoff.core.expressions.regexes.using import is_whole, replace, split

__all__ = ["is_whole", "replace", "split"]
