"""`signoff.runtime`: facts about the present run as plain attributes.

`values` is how an attribute is read and replaced by the environment; `flow_run`, `task_run` and
`deployment` say what there is.
"""
