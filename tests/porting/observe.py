"""Has the released Prefect run the programs, and keeps what they print.

The programs are written for Signoff; Prefect runs the same text with the word changed. Run it with
the Python of an environment that has Prefect, and with `PREFECT_API_URL` set to a server of it:

    python -m tests.porting.observe flows states
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
WORDS = (("signoff", "prefect"), ("Signoff", "Prefect"), ("SIGNOFF", "PREFECT"))


def observe(program: Path) -> None:
    text = program.read_text(encoding="utf-8")
    for ours, theirs in WORDS:
        text = text.replace(ours, theirs)
    with tempfile.TemporaryDirectory() as folder:
        # A file, because flows of a text that has none cannot be deployed.
        ported = Path(folder, program.name)
        ported.write_text(text, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, str(ported)], capture_output=True, text=True, timeout=300
        )
    if ran.returncode:
        print(ran.stderr[-3000:], file=sys.stderr)
    target = HERE / "expected" / f"{program.stem}.txt"
    target.parent.mkdir(exist_ok=True)
    printed = ran.stdout
    for ours, theirs in WORDS:
        printed = printed.replace(theirs, ours)
    target.write_text(printed, encoding="utf-8")
    print(program.stem, "exit", ran.returncode, len(ran.stdout.splitlines()), "lines")


if __name__ == "__main__":
    wanted = sys.argv[1:] or sorted(path.stem for path in (HERE / "programs").glob("*.py"))
    for name in wanted:
        observe(HERE / "programs" / f"{name}.py")
