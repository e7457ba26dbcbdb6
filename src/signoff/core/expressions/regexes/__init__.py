"""Regular expressions whose work is bounded by the length of pattern and text.

Python's own may try exponentially many ways, and whoever writes a flow is not trusted with the
machine. These try all ways at once, step by step (Thompson's construction), so the worst pattern
takes as many steps as the text has characters, times the length of the pattern. What that rules
out, looking ahead or behind and references back, is refused. `matching` finds, `using` replaces and
splits.
"""

from signoff.core.expressions.regexes.using import replace, split

__all__ = ["replace", "split"]
