"""What voters decide of members, voters and parameters (rule O2)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.governance.members import admit, check_admission, check_expulsion, expel
from ledger.governance.payloads import AddVoter, AdmitMember, ExpelMember, RemoveVoter, SetParameter
from ledger.governance.settings import check_parameter, set_parameter
from ledger.governance.voting import check_new_voter, check_voter_removal, remove_voter, vote_voter_in

GOVERNANCE_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(AddVoter, check_new_voter, vote_voter_in),
    Decision(RemoveVoter, check_voter_removal, remove_voter),
    Decision(SetParameter, check_parameter, set_parameter),
    Decision(AdmitMember, lambda c, a: check_admission(c, a.address), lambda c, a: admit(c, a.address)),
    Decision(ExpelMember, lambda c, a: check_expulsion(c, a.address), lambda c, a: expel(c, a.address)),
)
