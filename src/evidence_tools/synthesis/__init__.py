"""Synthesis: many effects into few, and how far the answer may be trusted.

Arrays in, frozen result objects out. Nothing here knows what was pooled, reads a file or draws.
``pool`` is the entry for one effect per study; ``influence`` and ``gosh`` ask what the answer
hangs on; ``dependence``, ``bayes`` and ``small_study`` are for what ``pool`` cannot answer.
"""
