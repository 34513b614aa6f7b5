from hypothesis import settings

# the same examples in every run, and no time limit for one example: a busy machine must not fail a test
settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("repeatable")
