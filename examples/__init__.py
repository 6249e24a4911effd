"""The generator of invented networks.

It writes what the platform would have shown for answers that nobody gave. It shares with the readers nothing
but the codebook seeds, so that it can contradict them.
"""
