"""The community's fund: who gets fees, what voters spend, what newcomers pay and get."""
