"""Files of other people in, files for other people out.

Public modules: `spreadsheet` (Excel and CSV import), `template` (the Excel template), `bank_sheet` and
`bank_csv` (the bank as Excel and CSV, out and in again), `moodle_xml` and `moodle_write` (Moodle XML, in and
out), `gift` and `gift_write` (GIFT, in and out), `aiken` (Aiken, both ways), `item_json` (JSON without
loss, both ways), `qti` and `qti_write` (QTI 2.1, 2.2 and 3.0 in, 2.2 and 3.0 out).
"""
