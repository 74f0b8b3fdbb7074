"""Every limit of the formats: what a hostile or mistaken file can cost.

The largest are for a day of 10,000 points (960,000 quarter hours) in one file.
"""

from __future__ import annotations

from typing import Final

MAX_FILE_BYTES: Final = 128 * 1024 * 1024
MAX_UNPACKED_BYTES: Final = 256 * 1024 * 1024
"""Of all parts of a workbook together, as its directory says and as they come out."""
MAX_PARTS: Final = 200
"""Files inside a workbook."""
MAX_FILE_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 20_000
MAX_CELLS: Final = 4_000_000
"""Of a workbook's sheets together, those that its rows leave out included: a value and its mark for each of
`MAX_VALUES`, and as much again."""
MAX_PART_ELEMENTS: Final = 400_000
"""Elements of a workbook's parts that are no rows, cells and numbers: texts, styles, names."""
MAX_LINE_CHARACTERS: Final = 4 * 1024 * 1024
"""Of one line of a delimited text."""
MAX_CELL_CHARACTERS: Final = 4_096
MAX_VALUES: Final = 1_000_000
"""Values of all points of one file, empty ones included."""
MAX_SERIES: Final = 40_000
MAX_POINT_CHARACTERS: Final = 64
MAX_NUMBER_CHARACTERS: Final = 40
MAX_INTERVAL_MWH: Final = 10**15
"""A gigawatt for a thousand hours: what is above it in one interval is a mistake."""
MAX_STEP_MS: Final = 24 * 3_600_000 + 3_600_000
"""The longest interval: a day of 25 hours."""
MAX_XML_DEPTH: Final = 32
MAX_XML_CHILDREN: Final = 20_000
"""Of one element that is kept."""
MAX_XML_KEPT: Final = 2_000_000
"""Elements that are kept of one file at a time."""
MAX_XML_TOKEN_BYTES: Final = 1024 * 1024
"""Of one tag with its attributes; older versions of expat read one again for each piece of it."""
MAX_JSON_DEPTH: Final = 32
MAX_JSON_ITEMS: Final = 6_000_000
"""Commas of a file: what it lists, and the fields of that."""
MAX_MAPPING_BYTES: Final = 64 * 1024
MAX_LISTED: Final = 200
"""Gaps, rejected rows and notes that a report lists each; beyond, it says how many more there are."""
PART_ROWS: Final = 300
"""Rows in one transaction of an import."""
PART_SLOTS: Final = 2_000
"""Slots in one row and in one transaction: what one block can carry out beside others' transactions."""
PART_BYTES: Final = 48 * 1024
"""About so many bytes of rows in one transaction."""
