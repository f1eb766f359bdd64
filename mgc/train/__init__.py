"""Training: a validated configuration in, a run folder out.

`mgc.train.config` says what a run is, `mgc.train.run` makes one, `mgc.train.sweep` makes many.
"""
