"""Curvature of a network's loss: Hessian, its top eigenvalues, noise of the gradient, slices.

Book: Curvature and stability of our networks.
"""
