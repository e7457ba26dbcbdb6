"""What a project file is called, and how one begins."""

from __future__ import annotations

FILE = "signoff.yaml"
TEMPLATE = """\
# What `signoff deploy` deploys. Every key is described in docs/how-to/deploy-and-schedule.md.
name: {name}

deployments:
  - name: default
    entrypoint: flows.py:my_flow      # path of the file, and the flow in it
    # description: what it is for
    # tags: [nightly]
    # parameters: {{days: 30}}
    # schedules:
    #   - cron: "0 9 * * MON-FRI"
    #     timezone: Europe/Berlin
    # concurrency_limit: 1
    # work_pool: {{name: default}}
"""
