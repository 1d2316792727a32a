"""When do side effects come, and when are they gone?"""
