"""How long does the relief last?"""
