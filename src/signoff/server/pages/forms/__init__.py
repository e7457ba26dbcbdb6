"""The HTML face of a form: the one tree of fields as controls, and what was typed as an answer.

Owns how a form is shown, edited and read without a script. What a text means is decided by
`core.forms`, whether an answer fits by the service; nothing here judges.
"""
