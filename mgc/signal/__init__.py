"""Signals and their time-frequency pictures: STFT, mel scale, decibels.

Numerics only, on NumPy and SciPy: nothing here knows of files, clips or genres.
Book: The pipeline and its cost.
"""
