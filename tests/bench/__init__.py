"""Sizes and speeds as ratios in one run, for a made-up county of 10,000 rows: python -m tests.bench."""
