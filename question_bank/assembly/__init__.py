"""From a blueprint to frozen candidate papers.

Public modules: `blueprint` (what a paper must contain), `draw` (which items), `form` (the paper).
"""
