"""Sections of the report, one a file: each turns tables into views."""
