"""Where meters' keys are: encrypted files, PKCS#11 tokens, TPMs; all sign alike (`devices.readings.ReadingSigner`)."""
