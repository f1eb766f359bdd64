"""The floating-point laboratory: number formats, sums, variances, softmax, transforms, features.

Book: Floating point: formats, sums and softmax.
"""
