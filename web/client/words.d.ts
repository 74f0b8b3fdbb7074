export * from "./types/client/words.js";
