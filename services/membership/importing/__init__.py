"""The imports job: files are unrolled, judged row by row in a dry run, and applied, a batch of rows to a transaction.

:mod:`job` picks the import that is next; :mod:`files` and :mod:`readers` unroll what was handed in; :mod:`judging` and
:mod:`closing` say what would become of each row, :mod:`applying` does it. A module a kind (:mod:`teachers`,
:mod:`schools`, :mod:`communities`, :mod:`members`) knows what a row of it says, means and does; :mod:`kinds` lists
them.
"""
