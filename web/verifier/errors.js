// What is not proven: `code` never changes its meaning; the codes are those of the Python verifier (docs/proofs.md).

export class VerifyError extends Error {
  /**
   * @param {string} code
   * @param {string | bigint} detail
   */
  constructor(code, detail) {
    super(`${code}: ${detail}`);
    this.name = "VerifyError";
    this.code = code;
    this.detail = detail;
  }
}

/**
 * @param {unknown} condition
 * @param {string} code
 * @param {string | bigint} detail
 * @returns {asserts condition}
 */
export function refuseUnless(condition, code, detail) {
  if (!condition) throw new VerifyError(code, detail);
}
