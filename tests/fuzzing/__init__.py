"""Inputs of any kind, given to every part of veldpdf that takes what others made: ``python -m tests.fuzzing``."""
