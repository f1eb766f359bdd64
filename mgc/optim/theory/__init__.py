"""The theory laboratory of optimizers: small iterations on problems whose answers are known.

NumPy only, in double precision: rules (`rules`, `adaptive`), runs (`iterations`), problems
(`problems`, `smooth`, `counterexamples`, `wilson`), predictions (`rates`, `stability`, `steps`).
"""
