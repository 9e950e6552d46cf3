"""Coursework: problem sets, and a grader that does not trust what it grades."""
