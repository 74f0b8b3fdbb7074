// What is asked of groups, and shares as people write them: parts of 10^9 are percent with seven decimals.

import { get, pages, type Schemas } from "../api/client";
import { PERCENT_DECIMALS } from "../text/parts";
import { typedPrice } from "../ui/entry";
import { addressBytes } from "./codec";
import { type Resource, useAnswer } from "./resource";

export type Group = Schemas["GroupView"];
export type Change = Schemas["ShareChangeView"];
export type Member = Schemas["GroupMemberView"];
export type MemberGroup = Schemas["MemberGroup"];
export type Preview = Schemas["GroupPreviewView"];
type Amount = Schemas["Amount"];

/** The terms as the interface shows them. */
export type GroupTerms = {
  name: string;
  operator: string;
  rights: readonly string[];
  asset: string;
  monthly_limit: Amount;
  reserve: Amount;
  division: string;
  rhythm: string;
  wait_ms: number;
  transfers: string;
};

export const termsOf = ({ terms }: Group): GroupTerms => terms as unknown as GroupTerms;

/** Members of a group (GP4), and how many the node answers at once. */
const MOST_MEMBERS = 1_001;
const MOST_A_PAGE = 500;

export const useGroups = (): Resource<Group[]> =>
  useAnswer("groups", () => pages("/v1/groups", {}, (page: Schemas["Groups"]) => page.groups));

export const useGroup = (number: number): Resource<Group> =>
  useAnswer(
    `groups/${number}`,
    async () => (await get<Schemas["GroupAnswer"]>(`/v1/groups/${number}`)).group,
  );

export const useMembers = (number: number): Resource<Member[]> =>
  useAnswer(`groups/${number}/members`, () =>
    pages(
      `/v1/groups/${number}/members`,
      { limit: MOST_A_PAGE },
      (page: Schemas["GroupMembers"]) => page.members,
      MOST_MEMBERS,
    ),
  );

/** The groups that an account is in, each with what it would get now. */
export type Mine = MemberGroup & { preview: Preview };

export const useMyGroups = (of: string): Resource<Mine[]> =>
  useAnswer(of ? `groups/of/${of}` : null, async () => {
    const { groups } = await get<Schemas["MemberGroups"]>(`/v1/groups/accounts/${of}`);
    return Promise.all(groups.map(async (each) => ({ ...each, preview: await previewOf(each.group, of) })));
  });

/** What an account would get of what is there, or of an amount in base units. */
export const previewOf = (group: number, of: string, amount?: bigint): Promise<Preview> =>
  get(`/v1/groups/${group}/preview/${of}`, amount === undefined ? {} : { amount: String(amount) });

/** What holds in a slot. */
export const heldAt = (changes: readonly Change[], slot: number): Change | undefined =>
  changes.filter(({ from_slot }) => from_slot <= slot).at(-1);

/** What is decided for later. */
export const laterThan = (changes: readonly Change[], slot: number): Change[] =>
  changes.filter(({ from_slot }) => from_slot > slot);

const WHOLE = 1_000_000_000n;

/** Parts of a typed share like `12,5` or `12.5 %`; null where it is none. */
export function typedParts(text: string): bigint | null {
  const found = typedPrice(text.replace("%", ""), PERCENT_DECIMALS);
  return found !== null && found <= WHOLE ? found : null;
}

export type Row = { account: string; share: bigint; key: bigint; points: bigint[] };
/** Members whose shares one transaction sets (GP4). */
const MOST_ROWS = 400;

/** Lines like `nrg1… 12.5% key 3 points 7 9`: what a member has from then on; null where a line is none. */
export function rowsOf(text: string): Row[] | null {
  const found: Row[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (!line) continue;
    const read = /^(\S+)\s+([\d.,]+)\s*%(?:\s+key\s+(\d+))?(?:\s+points((?:[\s,]+\d+)+))?$/.exec(line);
    const share = typedParts(read?.[2] ?? "x");
    if (!read || share === null || !addressBytes(read[1] as string)) return null;
    const points = (read[4] ?? "")
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(BigInt);
    points.sort((one, other) => Number(one - other));
    found.push({ account: read[1] as string, share, key: BigInt(read[3] ?? "0"), points });
  }
  const isOnce = new Set(found.map(({ account }) => account)).size === found.length;
  return found.length && found.length <= MOST_ROWS && isOnce ? found : null;
}
