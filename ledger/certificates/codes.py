"""What the codes of generators and certificates mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

CERTIFICATE_CODES: Final = Codes(
    refused=MappingProxyType(
        {
            "unknown_register": "No production meter of this account is bound at this unit.",
            "too_many_generators": "Voters have described as many generators as may be.",
            "unknown_generator": "Voters have not described this production register (vote describe-generator).",
            "above_metered": "The register has not metered so much that is not held back already.",
            "not_renewable": "Only energy of sun, wind, water and biomass is certified.",
            "bad_period": "A period begins and ends at midnight (UTC), and is not longer than it may be.",
            "period_not_over": "The period is not over yet.",
            "period_not_kept": "Metered days are kept for 400 days; this one is older.",
            "already_certified": "A certificate has been issued for a day of this period already.",
            "nothing_to_certify": "Nothing was metered in the period, or saved, or all of it is held back.",
            "not_an_auditor": "Savings are certified by auditors, whom voters appoint, and not by who saved.",
            "unknown_certificate": "There is no certificate of this number.",
            "certificate_expired": "The certificate's time is over.",
            "too_little_held": "The account holds less of the certificate that is not offered.",
            "bad_certificate_transfer": "Nobody transfers a certificate to itself, or takes its own offer.",
            "certificate_offered": "The account offers a part of this certificate already; withdraw it first.",
            "unknown_certificate_offer": "The account does not offer a part of this certificate.",
            "offer_too_small": "Less is left of the offer.",
            "offer_differs": "The offer asks for another amount; look at it again.",
            "bad_offer_asset": "Certificates are offered in the currency that the community chose.",
        }
    ),
)
