// What goes wrong here: `code` never changes its meaning, `advice` says what to do.

export class ClientError extends Error {
  /**
   * @param {string} code
   * @param {string} detail what is wrong
   * @param {string} [advice] what to do
   */
  constructor(code, detail, advice = "") {
    super(`${code}: ${[detail, advice].filter(Boolean).map((text) => text.replace(/\.$/, "")).join(". ")}`);
    this.name = "ClientError";
    this.code = code;
    this.detail = detail;
    this.advice = advice;
  }
}

/**
 * @param {unknown} condition
 * @param {string} code
 * @param {string} detail
 * @param {string} [advice]
 * @returns {asserts condition}
 */
export function refuseUnless(condition, code, detail, advice) {
  if (!condition) throw new ClientError(code, detail, advice);
}
