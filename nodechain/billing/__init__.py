"""Bills: folds over the chain's postings, their canonical form, their proofs, and the forms in which people get them.

Everything here is made of receipts that a node or a proof gives, so that a bill can be made again by anybody. Who a
member is (name, address, account at a bank) stands in the member book alone and is joined where a form is made.
"""
