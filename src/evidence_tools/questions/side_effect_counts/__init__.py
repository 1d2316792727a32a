"""How common is each side effect?"""
