// Why a key was not opened, in the reader's words.

import { KeyfileError } from "../keys/keyfile";
import { PasskeyError } from "../keys/passkey";
import type { MessageKey } from "../text/messages";

export const faultOf = (error: unknown): MessageKey =>
  error instanceof KeyfileError || error instanceof PasskeyError
    ? `key.fault.${error.code}`
    : "key.fault.other";
