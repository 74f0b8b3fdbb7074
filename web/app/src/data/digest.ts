// SHA-256 of a document that stays with who has it: the chain knows nothing else of it.

export async function sha256(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
}

export const inHex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Stands for no document, in bytes and as a node writes it. */
export const NO_DOCUMENT: Uint8Array = new Uint8Array(32);
export const NO_DOCUMENT_HEX = "00".repeat(32);
