"""Documented import path: schedules."""

from signoff.authoring.schedules import Cron, Interval, RRule, Schedule

__all__ = ["Cron", "Interval", "RRule", "Schedule"]
