// What is not proven: `code` never changes its meaning; the codes are those of the Python verifier (docs/proofs.md).

export class VerifyError extends Error {
  constructor(code, detail) {
    super(`${code}: ${detail}`);
    this.name = "VerifyError";
    this.code = code;
    this.detail = detail;
  }
}

export function refuseUnless(condition, code, detail) {
  if (!condition) throw new VerifyError(code, detail);
}
