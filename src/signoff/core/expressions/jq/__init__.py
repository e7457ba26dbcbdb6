"""The part of the language jq that expressions understand, for the filter `jq`.

Written here instead of taken from a library: programs of the whole language need not end, and a
library in C cannot be stopped. Everything that is worked out is paid from the rendering's budget.
`reading` makes the tree, `running` works it out, `builtins` are the functions.
"""

from signoff.core.expressions.jq.running import run

__all__ = ["run"]
