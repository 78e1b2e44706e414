"""Column types that both back ends have."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, String

#: Whole numbers of 64 bits. SQLite's INTEGER has as many, and only by that name it is a row's own number.
Whole = BigInteger().with_variant(Integer(), "sqlite")
#: Text that is sorted by its code points, as SQLite and Python do, not as a language does.
Text = String().with_variant(String(collation="C"), "postgresql")
