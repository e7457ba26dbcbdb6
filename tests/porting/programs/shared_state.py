"""Variables and artifacts."""

from uuid import uuid4

from signoff import flow
from signoff.artifacts import (
    Artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from signoff.variables import Variable

name = f"v_{uuid4().hex}"
key = f"k-{uuid4().hex}"

Variable.set(name, {"a": [1, 2]}, tags=["t"])
print(Variable.get(name), Variable.get(name + "x", default="none"), Variable.get(name + "x"))
try:
    Variable.set(name, 2)
except ValueError as error:
    print("ValueError", "overwrite" in str(error).lower())
Variable.set(name, 2, overwrite=True)
print(Variable.get(name), Variable.unset(name), Variable.unset(name))


@flow
def main():
    first = create_markdown_artifact("# One", key=key, description="first")
    second = create_markdown_artifact("# Two", key=key)
    table = create_table_artifact([{"a": 1}, {"a": 2}], key=f"{key}-table")
    link = create_link_artifact("https://example.com", link_text="here")
    progress = create_progress_artifact(10.0, description="going")
    update_progress_artifact(progress, progress=50.0)
    return first, second, table, link, progress


ids = main()
print(len(set(ids)))
latest = Artifact.get(key)
print(latest.type, latest.data, latest.key == key)
print(Artifact.get(key + "-missing"))
