"""Reading a published result again from what was printed: scales, decimals, columns, costs, claims.

The paper is Patil et al. (2023), doi 10.1186/s40537-023-00789-2; what it prints lies in
``data/patil2023``.
"""
