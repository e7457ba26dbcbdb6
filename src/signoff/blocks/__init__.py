"""Documented import path: `signoff.blocks.system.Secret`, the only block there is."""
