"""The item bank as a library: items, scoring, syllabus, law register, assembly, formats.

Pure: it knows neither a web framework nor a database nor a clock. Days and seeds are arguments.

Public modules: `item`, `scoring`, `syllabus`, `laws`, `lint`, `starter`, `assembly.blueprint`,
`assembly.draw`, `assembly.form`, `formats.spreadsheet`, `formats.template`.
"""
