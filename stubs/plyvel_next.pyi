"""plyvel-next 2.1 has no types; what nodechain uses of it is what it uses of plyvel."""

from plyvel import DB as DB
from plyvel import CorruptionError as CorruptionError
from plyvel import Error as Error
from plyvel import __leveldb_version__ as __leveldb_version__
from plyvel import __version__ as __version__
