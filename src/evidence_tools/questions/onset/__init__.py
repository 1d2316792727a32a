"""How soon does it work?"""
