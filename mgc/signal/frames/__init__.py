"""Gabor frames: a window, moved and modulated, and the way back from its coefficients.

Book: STFT, windows, frames and dual windows.
"""
