"""Made-up evidence: a few rows in place of the shipped ones, for tests of a single module.

`made_evidence` gives typed evidence, `made_folder` writes the same as a folder of files. Only
definitions are taken from the shipped folder: the data dictionary, the thresholds and the
questions. Everything else is made up, and no number here was read in a paper.
"""

from made.builder import made_evidence, made_folder

__all__ = ["made_evidence", "made_folder"]
