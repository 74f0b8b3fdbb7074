// What is asked of the grid account: tariffs, an account's figures by month and line, who owes.

import { get, pages, type Schemas } from "../api/client";
import { type Resource, useAnswer } from "./resource";

export type Grid = Schemas["GridView"];
export type Tariff = Schemas["TariffView"];
export type GridAccount = Schemas["GridAccount"];
export type GridLine = Schemas["GridLineView"];
export type Debt = Schemas["GridDebtView"];

export const useGrid = (): Resource<Grid> => useAnswer("grid", () => get<Grid>("/v1/grid"));

export const useTariffs = (): Resource<Schemas["Tariffs"]> =>
  useAnswer("grid/tariffs", () => get<Schemas["Tariffs"]>("/v1/grid/tariffs"));

export const useGridAccount = (of: string): Resource<GridAccount> =>
  useAnswer(of ? `grid/${of}` : null, () => get<GridAccount>(`/v1/grid/accounts/${of}`));

export const useDebts = (): Resource<Debt[]> =>
  useAnswer("grid/debts", () => pages("/v1/grid/debts", {}, (page: Schemas["GridDebts"]) => page.debts));

export const useGridSums = (back: number): Resource<Schemas["GridSums"]> =>
  useAnswer(`grid/sums/${back}`, () => get<Schemas["GridSums"]>("/v1/grid/sums", { back }));
