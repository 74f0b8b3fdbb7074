/**
 * @param {unknown} condition
 * @param {string} code
 * @param {string | bigint} detail
 * @returns {asserts condition}
 */
export function refuseUnless(condition: unknown, code: string, detail: string | bigint): asserts condition;
export class VerifyError extends Error {
    /**
     * @param {string} code
     * @param {string | bigint} detail
     */
    constructor(code: string, detail: string | bigint);
    code: string;
    detail: string | bigint;
}
