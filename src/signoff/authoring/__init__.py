"""What flows are written with: `@flow`, `@task`, futures, and waiting for people.

Owns the documented names and signatures. What happens at run time is in `engine`; this room turns
calls of decorated functions into the engine's programs and drives them.
"""
