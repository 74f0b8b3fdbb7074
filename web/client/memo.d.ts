export * from "./types/client/memo.js";
