"""How things look: style, figures, tables, links; computes nothing."""
