"""Files of other people in, files for other people out.

Public modules: `spreadsheet` (Excel import), `template` (the Excel template).
"""
