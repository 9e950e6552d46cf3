"""What other libraries answer: asked in an environment of their own, recorded, and read against kltools.

`python -m libraries.record` asks again; the chapter `libraries` shows the answers.
"""
