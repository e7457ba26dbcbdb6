"""Documented import paths below `signoff.testing`."""
