// What an application asks for, in words.

import { get, type Schemas } from "../api/client";
import { useAnswer } from "../data/resource";
import { who } from "../text/events";
import { energyText, number } from "../text/format";
import { named, t } from "../text/messages";

type Application = Schemas["ApplicationView"];

/** What is asked for, beside membership. */
export function Wishes({ of }: { of: Application }) {
  const meters = of.meters.map((meter) =>
    t("applications.meter", {
      kind: named("value", meter.kind),
      unit: who(meter.unit),
      power: number(meter.max_power_w),
      showed: energyText(meter.opening_wh),
    }),
  );
  const units = of.units.map((unit) =>
    t("applications.unit", { unit: who(String(unit.unit)), capacity: energyText(Number(unit.capacity_wh)) }),
  );
  const wishes = [...meters, ...units, ...(of.voter ? [t("applications.voter")] : [])];
  return (
    <ul class="list">
      {[t("applications.member"), ...wishes].map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** One application by its number; null while it is not there. */
export function useApplication(found: number | null): Application | null {
  const answer = useAnswer(found === null ? null : `applications/${found}`, () =>
    get<Schemas["ApplicationAnswer"]>(`/v1/applications/${found}`),
  );
  return answer.error ? null : (answer.value?.application ?? null);
}
