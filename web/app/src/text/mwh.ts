// Energy of slots: mWh, 10^-6 kWh.

import { fromBase } from "../data/amounts";
import { exact } from "./format";

/** kWh with all their digits. */
export const exactMwh = (mwh: number): string => exact(fromBase(BigInt(mwh), 6));
