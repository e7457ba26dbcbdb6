"""The documented client: what scripts and flows ask of the service.

`plans` says what each method asks and what it makes of the reply, once; `faces` derives the
synchronous and the asynchronous client from it.
"""
