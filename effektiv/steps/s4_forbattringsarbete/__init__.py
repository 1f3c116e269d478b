"""Step 4: is it working, month by month?"""
