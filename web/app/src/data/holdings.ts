// The account that the screens are about, and whether the signed state holds what the node says of it.

import { get } from "../api/client";
import { type Account, checkAccount } from "../trust/account";
import { type Check, useChecked } from "../trust/useChecked";
import { assets } from "./assets";
import { type Resource, useAnswer } from "./resource";

export type { Account };

export function useAccount(address: string): Resource<Account> {
  return useAnswer(address ? `account/${address}` : null, () => get<Account>(`/v1/accounts/${address}`));
}

export function useAccountCheck(account: Resource<Account>): Check {
  const found = account.oldMs ? null : account.value;
  return useChecked(found && `${found.address}@${found.height}`, async () =>
    checkAccount(found as Account, await assets()),
  );
}

export type Holding = Account["balances"][number];

export const holdingOf = (account: Account, asset: string): Holding | undefined =>
  account.balances.find((each) => each.asset === asset);

/** Every currency of an account: all that is not energy. */
export const currenciesOf = (account: Account, energy: string): Holding[] =>
  account.balances.filter((each) => each.asset !== energy);
