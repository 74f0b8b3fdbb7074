// Addresses as people see them: a typing error is found before anything is asked.

import { formatAddress, parseAddress } from "@nodechain/client/address.js";

/** The 20 bytes of an address, or null where the text is none. */
export function addressBytes(text: string): Uint8Array | null {
  const tidy = text.trim();
  if (tidy !== tidy.toLowerCase()) return null;
  try {
    return parseAddress(tidy);
  } catch {
    return null;
  }
}

/** The text of 20 bytes. */
export const addressText = (bytes: Uint8Array): string => formatAddress(bytes);
