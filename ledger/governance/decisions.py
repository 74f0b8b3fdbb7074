"""What voters decide of members, voters and parameters (rule O2)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.governance.members import admit_by_vote, check_demands, check_expulsion, expel
from ledger.governance.payloads import AddVoter, AdmitMember, ExpelMember, RemoveVoter, SetParameter
from ledger.governance.settings import check_parameter, set_parameter
from ledger.governance.voting import add_voter, check_new_voter, check_voter_removal, remove_voter

GOVERNANCE_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(AddVoter, lambda c, a: check_new_voter(c, a.address), lambda c, a: add_voter(c, a.address)),
    Decision(RemoveVoter, lambda c, a: check_voter_removal(c, a.address), lambda c, a: remove_voter(c, a.address)),
    Decision(SetParameter, check_parameter, set_parameter),
    Decision(AdmitMember, lambda c, a: check_demands(c, a.address), lambda c, a: admit_by_vote(c, a.address)),
    Decision(ExpelMember, lambda c, a: check_expulsion(c, a.address), lambda c, a: expel(c, a.address)),
)
