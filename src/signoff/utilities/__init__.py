"""Documented import paths below `signoff.utilities`."""
