"""Optimizers as factories (`mgc.optim.factories`)."""
