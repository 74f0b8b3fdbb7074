"""How each kind of meter is asked: a driver knows its protocol and which registers count, and reads them twice."""
