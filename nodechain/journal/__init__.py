"""What a validator must remember before it speaks: the sign-state and the write-ahead log.

Write, fdatasync, then send. Both files hold opaque bytes; what they mean, and what follows from a lost or older one,
is decided in `consensus`.
"""
