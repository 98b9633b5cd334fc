"""Printing: activation cards, as a PDF that is written part by part."""
