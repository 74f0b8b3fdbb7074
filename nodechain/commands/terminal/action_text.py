"""What voters decide, as a sentence: what `vote list` shows and `vote yes NUMBER` asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.encoding.amounts import format_amount, format_duration, format_energy, format_share
from ledger.encoding.times import format_day, format_time
from ledger.energy.storage_terms import StorageTerms
from ledger.groups.terms import GroupTerms
from ledger.sharing.scheme_terms import SchemeTerms
from nodechain.commands.terminal.tariff_text import tariff_lines
from nodechain.commands.terminal.words import ACTIONS, RULES, Words, shown_name

Action = Mapping[str, Any]
Say = Callable[[Action, Words], str]


def action_text(action: Action, words: Words) -> str:
    """A sentence for an action as a node shows it; one of a subject that has none here is shown by its fields."""
    kind = str(action["kind"])
    say = _SENTENCES.get(kind)
    if say is not None:
        return say(action, words)
    fields = {name: value for name, value in action.items() if name != "kind"}
    return f"{kind.replace('_', ' ')}: {words.fields(ACTIONS.get(kind), fields)}"


def sentence(text: str) -> str:
    """The same on a line of its own."""
    return f"{text[:1].upper()}{text[1:]}."


def _set_parameter(action: Action, words: Words) -> str:
    name = str(action["name"])
    meaning = f" ({RULES[name].meaning})" if name in RULES else ""
    return f"set the parameter {name}{meaning} to {words.parameter(name, action['value'])}"


def _register_unit(action: Action, words: Words) -> str:
    unit, owner = words.who(action["unit"]), words.who(action["owner"])
    return f"register the storage unit {unit} of {owner}: {_terms(action, words)}"


def _change_unit(action: Action, words: Words) -> str:
    return f"change the storage unit {words.who(action['unit'])} to: {_terms(action, words)}"


def _terms(action: Action, words: Words) -> str:
    """Capacity and power, where 0 is no limit, and the terms."""
    capacity = format_energy(action["capacity_wh"]) if action["capacity_wh"] else "unlimited"
    power = f"{action['max_power_w']} W" if action["max_power_w"] else "unlimited"
    stated = {name: value for name, value in action["terms"].items() if value or name not in _PERHAPS}
    terms = ", ".join(f"{_TERMS.get(name, name)} {text}" for name, text in words.parts(StorageTerms, stated))
    return f"capacity {capacity}, power {power}, {terms}"


_TERMS: Final = {
    "technology": "technology",
    "nominal_wh": "nominal",
    "max_discharge_w": "discharge",
    "efficiency_parts": "efficiency",
    "standing_wh": "standing loss a day",
    "reserve_wh": "reserve",
}


_PERHAPS: Final = ("nominal_wh", "max_discharge_w")
"""Terms that are shown only where they are stated (not 0)."""


def _settle_jump(action: Action, words: Words) -> str:
    done = "count" if action["accept"] else "drop"
    return f"{done} the jump of {action['jump']} steps of the register of meter {words.key(action['meter_key'])}"


def _set_treasurer(action: Action, words: Words) -> str:
    who = words.who(action["address"])
    return f"let {who} number the bills" if action["active"] else f"let {who} not number the bills any more"


def _set_attester(action: Action, words: Words) -> str:
    who = words.who(action["address"])
    if action["standing"] == "appointed":
        return f"make {who} {'an auditor' if action['role'] == 'auditor' else 'a registrar'}"
    ends = "what it signed counts no more" if action["standing"] == "barred" else "what it signed goes on counting"
    return f"end the office of {who} as {action['role']}: {ends}"


def _set_scheme(action: Action, words: Words) -> str:
    terms = action["terms"]
    what = f"change the sharing scheme {action['scheme']}" if action["scheme"] else "open a sharing scheme"
    if not terms["participants"] and not action["others_stay"]:
        return f"close the sharing scheme {action['scheme']} from slot {action['from_slot']} on"
    parts = ((name, text) for name, text in words.parts(SchemeTerms, terms) if name not in _LISTED)
    shown = ", ".join(f"{shown_name(name)} {text}" for name, text in parts)
    points = f"{len(terms['participants'])} points"
    if action["others_stay"]:
        points += f" beside those that it has, without {len(action['leaving'])} of these"
    return f"{what} from slot {action['from_slot']} on, with {points}: {shown}"


_LISTED: Final = ("participants",)
"""Of a scheme's terms, what is too long for a sentence: `sharing scheme` shows it."""


def _set_tariff(action: Action, words: Words) -> str:
    what = f"change the grid tariff {action['tariff']}" if action["tariff"] else "bring a grid tariff"
    del words
    parts = "; ".join(f"{name} {text}" for name, text in tariff_lines(action["terms"]))
    return f"{what} from slot {action['from_slot']} on, in the currency per kWh: {parts}"


def _feed_terms(terms: Action, words: Words) -> str:
    priced = [asset.decimals for asset in words.chain.assets if asset.name.casefold() == str(terms["asset"]).casefold()]
    decimals = priced[0] if priced else terms["decimals"]
    unknown = " base units" if terms["kind"] == "price" and not priced else ""
    least, most = (f"{format_amount(terms[end], decimals)}{unknown}" for end in ("least", "most"))
    reporters = ", ".join(words.who(reporter) for reporter in terms["reporters"])
    return (
        f"{terms['name']}, {terms['kind']} in {terms['unit']} from {least} to {most}, reported by {reporters};"
        f" {terms['quorum']} reports make a value, each counts {format_duration(terms['oldest_age_ms'])}"
    )


def _set_point_tariff(action: Action, words: Words) -> str:
    del words
    tariff = f"the grid tariff {action['tariff']}" if action["tariff"] else "the default tariff of the grid"
    points = ", ".join(map(str, action["points"]))
    many = "points" if len(action["points"]) > 1 else "point"
    return f"give the metering {many} {points} {tariff} from slot {action['from_slot']} on"


def _set_grid_terms(action: Action, words: Words) -> str:
    mark = f"{action['mark']['tokens']} of the currency" if action["mark"]["base"] else "no mark"
    band = "bound to" if action["band"] else "not bound to"
    return (
        f"make {words.who(action['operator'])} the grid operator, with {mark} from which debt on nothing is bound;"
        f" prices of the market are {band} feed-in and retail"
    )


def _admit_group(action: Action, words: Words) -> str:
    opening = action["opening"]
    rows = opening["rows"]
    return (
        f"open a group from slot {opening['from_slot']} on: {_group_terms(opening['terms'], words)};"
        f" {_rows(rows, words) or 'nobody has a share yet'}"
    )


def _group_terms(terms: Action, words: Words) -> str:
    return ", ".join(f"{shown_name(name)} {text}" for name, text in words.parts(GroupTerms, terms))


def _rows(rows: list[Action], words: Words) -> str:
    """Each member with its share and key; of many the first ones, and how many more."""
    shown = [
        f"{words.who(row['account'])} {format_share(row['share'])} (key {row['key']})" for row in rows[:_MOST_ROWS]
    ]
    more = [f"and {len(rows) - _MOST_ROWS} more"] if len(rows) > _MOST_ROWS else []
    return ", ".join((*shown, *more))


_MOST_ROWS: Final = 12
"""Members whose shares a sentence lists."""


def _assign_shares(action: Action, words: Words) -> str:
    change = action["change"]
    return f"set shares of group {change['group']} from slot {change['from_slot']} on: {_rows(change['rows'], words)}"


def _spend_from_group(action: Action, words: Words) -> str:
    payment = action["payment"]
    bill = f" for bill {payment['bill']}" if payment["bill"] else ""
    purpose = f" ({payment['purpose']})" if payment["purpose"] else ""
    amount = f"{payment['amount']['tokens']} {words.symbol(payment['asset'])}"
    return f"pay {amount} of group {payment['group']} to {words.who(payment['recipient'])}{bill}{purpose}"


def _admit_group_point(action: Action, words: Words) -> str:
    terms = action["terms"]
    zone = f" in the zone {terms['zone']}" if terms["zone"] else ""
    return (
        f"register a metering point of {words.who(terms['owner'])}, a group's account: {terms['direction']}{zone},"
        f" from slot {terms['from_slot']} on"
    )


def _admit_point(action: Action, words: Words) -> str:
    terms = action["point"]["terms"]
    source = "its owner's meters" if terms["own_meter"] else "the operator's files"
    zone = f" in the zone {terms['zone']}" if terms["zone"] else ""
    return (
        f"register a metering point of {words.who(terms['owner'])}: {terms['direction']}{zone}, measured by {source},"
        f" from slot {terms['from_slot']} on"
    )


def _extend_zone(action: Action, words: Words) -> str:
    del words
    changes, days = len(action["offsets"]), len(action["holidays"])
    added = f"{changes} change{'' if changes == 1 else 's'} of the clock and {days} holiday{'' if days == 1 else 's'}"
    return f"add {added} to the community's time zone"


def _plan(action: Action, words: Words) -> str:
    del words
    module = f", with the module {action['module']} switched on" if action["module"] else ""
    release = f"; to install: {action['release']}" if action["release"] else ""
    version = f"protocol version {action['version']} is in force"
    return f"from height {action['height']} on {version}{module}{release}"


def _amount(action: Action, words: Words) -> str:
    return f"{action['amount']['tokens']} {words.symbol(action['asset'])}"


def _set_fund_budget(action: Action, words: Words) -> str:
    if action["period"] == "none":
        return f"bound what the fund pays for {action['purpose']} in {words.symbol(action['asset'])} no longer"
    often = _PERIODS.get(str(action["period"]), str(action["period"]))
    return f"let the fund pay at most {_amount(action, words)} for {action['purpose']} {often}"


_PERIODS: Final = {"month": "a month", "quarter": "a quarter", "year": "a year", "once": "in all"}


def _set_fee_split(action: Action, words: Words) -> str:
    del words
    parts = ((name, int(action["split"][name])) for name in ("proposer", "committee", "fund"))
    shown = ", ".join(f"{name} {format_share(part * 1_000)}" for name, part in parts if part)
    return f"divide the fees of blocks: {shown}"


def _set_newcomer_terms(action: Action, words: Words) -> str:
    terms = action["terms"]
    symbol = words.symbol(terms["asset"])
    fee, reward, grant = (
        f"{terms[name]['tokens']} {symbol}" for name in ("admission_fee", "referral_reward", "starter_grant")
    )
    return f"let an admission cost {fee}, and the fund pay {reward} for a referral and {grant} to a newcomer"


def _set_together_terms(action: Action, words: Words) -> str:
    terms = action["terms"]
    prizes = ", ".join(f"{each['amount']['tokens']} {words.symbol(each['asset'])}" for each in terms["prizes"])
    points = f"{terms['used']} a kWh used, {terms['given']} given, {terms['on_time']} a day on time"
    return f"from the next month on give points: {points}, {terms['ballots']} a ballot; prizes: {prizes or 'none'}"


def _admit_sponsored(action: Action, words: Words) -> str:
    parts = [f"admit {words.who(action['address'])} as a member"]
    if action["sponsor"] != action["address"]:
        parts.append(f"{words.who(action['sponsor'])} pays the admission fee")
    if action["referrer"] != action["address"]:
        parts.append(f"{words.who(action['referrer'])} brought it")
    return "; ".join(parts)


_SENTENCES: Final[dict[str, Say]] = {
    "set_parameter": _set_parameter,
    "add_voter": lambda action, words: f"make {words.who(action['address'])} a voter",
    "remove_voter": lambda action, words: f"take the voter role from {words.who(action['address'])}",
    "admit_member": lambda action, words: f"admit {words.who(action['address'])} as a member",
    "expel_member": lambda action, words: f"expel {words.who(action['address'])}",
    "admit_application": lambda action, words: (
        f"admit who made application {action['application']}, with the meters and roles that it asks for;"
        f" {words.who(action['sponsor'])} stands in for it (the account itself: nobody does)"
    ),
    "dismiss_applications": lambda action, _words: (
        f"take applications {', '.join(map(str, action['applications']))} off the list"
    ),
    "set_attester": _set_attester,
    "set_treasurer": _set_treasurer,
    "set_banker": lambda action, words: f"make {words.who(action['address'])} the banker",
    "register_unit": _register_unit,
    "change_unit": _change_unit,
    "remove_unit": lambda action, words: f"remove the storage unit {words.who(action['unit'])} with all its energy",
    "reinstate_unit": lambda action, words: (
        f"let the storage unit {words.who(action['unit'])} work again,"
        f" and book {format_energy(action['accept_wh'])} of its quarantined gain"
    ),
    "annul": lambda action, words: (
        f"destroy {action['amount']['tokens']} ENT of the expelled {words.who(action['address'])},"
        f" which the unit {words.who(action['unit'])} minted"
    ),
    "set_priority": lambda action, words: (
        f"let sessions of {words.who(action['account'])} end last where energy is short"
        if action["has_priority"]
        else f"let sessions of {words.who(action['account'])} end like all others"
    ),
    "settle_jump": _settle_jump,
    "release_meter": lambda action, words: (
        f"let the meter {words.key(action['meter_key'])} be bound to another unit, account or register"
    ),
    "add_validator": lambda action, words: (
        f"add the validator {action['name']} (key {words.validator_key(action['key'])}), its fees to"
        f" {words.who(action['account'])}"
    ),
    "remove_validator": lambda action, words: f"remove the validator {words.who(action['address'])}",
    "set_scheme": _set_scheme,
    "set_tariff": _set_tariff,
    "set_point_tariff": _set_point_tariff,
    "set_grid_terms": _set_grid_terms,
    "register_feed": lambda action, words: f"register a feed: {_feed_terms(action['terms'], words)}",
    "change_feed": lambda action, words: f"change feed {action['feed']}: {_feed_terms(action['terms'], words)}",
    "describe_generator": lambda action, words: (
        f"describe the generator of {words.who(action['account'])} at {words.who(action['unit'])}: {action['source']},"
        f" {action['rated_w']} W, commissioned {format_day(action['commissioned_ms'])}"
    ),
    "hold_back_energy": lambda action, words: (
        f"hold {format_energy(action['energy_wh'])} back of the next certificates of {words.who(action['account'])} at"
        f" {words.who(action['unit'])}; what shows it: {action['document']}"
    ),
    "end_feed": lambda action, _words: f"end feed {action['feed']}; who goes by it uses what it states for that",
    "admit_group": _admit_group,
    "change_group": lambda action, words: f"change group {action['group']}: {_group_terms(action['terms'], words)}",
    "assign_shares": _assign_shares,
    "spend_from_group": _spend_from_group,
    "dissolve_group": lambda action, _words: (
        f"dissolve group {action['group']}, and divide what it has among its members"
    ),
    "admit_group_point": _admit_group_point,
    "spend_fund": lambda action, words: (
        f"pay {_amount(action, words)} out of the fund to {words.who(action['recipient'])}"
        f" for {action['purpose']} ({action['reference']})"
    ),
    "set_fund_budget": _set_fund_budget,
    "set_fee_split": _set_fee_split,
    "set_market_commission": lambda action, _words: (
        f"keep {format_share(int(action['parts']) * 1_000)} of what sellers get in the market for the fund"
    ),
    "set_newcomer_terms": _set_newcomer_terms,
    "set_together_terms": _set_together_terms,
    "admit_sponsored": _admit_sponsored,
    "mint_by_vote": lambda action, words: (
        f"issue {_amount(action, words)} to {words.who(action['recipient'])} ({action['reference']})"
    ),
    "burn_by_vote": lambda action, words: (
        f"destroy {_amount(action, words)} of {words.who(action['holder'])} that was paid out ({action['reference']})"
    ),
    "return_by_vote": lambda action, words: (
        f"give {_amount(action, words)} back to {words.who(action['holder'])}, which it locked to be paid out"
    ),
    "settle_withdrawal": lambda action, words: (
        f"take mark {action['mark']} of what {words.who(action['holder'])} asked to be paid out as"
        f" {'paid, and destroy it' if action['paid'] else 'not paid, and give it back'}"
    ),
    "remove_banker": lambda action, words: f"let {words.who(action['address'])} be the banker no longer, and nobody",
    "admit_point": _admit_point,
    "alter_point": lambda action, _words: (
        f"change the metering point {action['point']['number']}: zone {action['point']['zone'] or 'none'},"
        f" commissioned {format_time(action['point']['commissioned_ms'])} UTC"
    ),
    "remove_point": lambda action, _words: (
        f"close the metering point {action['point']['number']} at slot {action['point']['until_slot']}"
    ),
    "set_custodian": lambda action, words: (
        f"let {words.who(action['address'])} import operators' files{'' if action['on'] else ' no more'}"
    ),
    "extend_zone": _extend_zone,
    "plan_upgrade": _plan,
    "cancel_upgrade": lambda action, _words: f"what is planned for height {action['height']} is not done",
}
"""Each with what the action names; a test holds that none of the registry is missing."""
