"""How much does it help, and against what?"""
