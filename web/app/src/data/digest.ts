// SHA-256, of documents that stay with who has them: the chain knows nothing else of them.

export async function sha256(bytes: BufferSource): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export const documentHash = async (file: Blob): Promise<Uint8Array> => sha256(await file.arrayBuffer());

/** Stands for no document, in bytes and as a node writes it. */
export const NO_DOCUMENT: Uint8Array = new Uint8Array(32);
export const NO_DOCUMENT_HEX = "00".repeat(32);
