"""In whom was it studied, and how well?"""
