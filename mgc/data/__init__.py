"""From clips to batches: manifest, audio, front end, feature store, split, segments, pipeline.

Book: Part II, Data.
"""
