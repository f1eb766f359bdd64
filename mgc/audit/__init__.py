"""The audit: what is wrong with a data set, found from its features and its sound alone.

Nothing here trains a network or believes a catalogue: findings are made first, then held against
what is known.  Import from the files (``from mgc.audit.duplicates import find_duplicates``).
"""
