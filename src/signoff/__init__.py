"""Signoff: Python workflows that wait for people."""
