"""Checking the chain without running it: headers by their certificates, and what they say of state and blocks.

Pure, like all of the ledger: no clock, no socket. A meter, an auditor and a household verify with what stands here;
`docs/proofs.md` has the formats byte for byte and the rules by their codes.

    headers     which header is the chain's (H1-H11)
    claims      what a header's roots prove (F4-F7)
    snapshot    a whole state in chunks that prove themselves (F9, F10)
    path        the way from one header to a later one, as questions to whoever answers
    kept        which headers a client keeps, and their bytes
    proof_file  headers and claims in one file, checked without a network (F1-F3)
"""
