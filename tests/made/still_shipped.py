"""Which tests are on their way from the shipped evidence to made-up evidence."""

STILL_SHIPPED = {"corruptions"}
"""Files whose tests still load the shipped evidence; the list only gets shorter."""
