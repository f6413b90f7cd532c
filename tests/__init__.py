"""Tests: behaviour in words, on real files."""
