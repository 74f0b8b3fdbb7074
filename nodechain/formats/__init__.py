"""Files of network operators: bytes in, values of metering points out, with a report of all that was seen.

One file a format (`eda_record`, `enedis`, `fluvius`, ...), each pure: no disk, no clock, no node. What they share:
`text`, `spreadsheet`, `xml_reading` (bytes to rows, within limits), `quantities` (decimal text to whole mWh, never
through floats), `local_time` (labels without offset to instants), `collecting` (duplicates, corrections, gaps),
`reports`. `detection` knows all formats; `documents` joins several files. What goes out is in `coefficients`,
`share_lists`, `french_keys`, `plain_csv`.

This room must not know who asks or where values go: `nodechain.commands` reads the files and sends.
"""
