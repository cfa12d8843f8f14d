"""Mutants of everything that a client may send, thrown at a running engine.

    python -m tests.load.fuzz --mutants 100000
    python -m tests.load.fuzz --target rtp --seed 7 --first 4711 --mutants 1

A mutant is made from the seed, the target's name and its number, so it can be made again. `hunt`
throws them and finds out which one broke something; each other module is a target or helps one.
"""
