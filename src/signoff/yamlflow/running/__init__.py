"""How a document runs: the scope of expressions, the life of one task, branches.

Every task of a document is a task run of the engine. What a task type does is not known here: the
code of those that direct others is in `yamlflow.flowables`, of all others in `yamlflow.tasks`.
"""
