/**
 * @param {unknown} condition
 * @param {string} code
 * @param {string} detail
 * @param {string} [advice]
 * @returns {asserts condition}
 */
export function refuseUnless(condition: unknown, code: string, detail: string, advice?: string): asserts condition;
export class ClientError extends Error {
    /**
     * @param {string} code
     * @param {string} detail what is wrong
     * @param {string} [advice] what to do
     */
    constructor(code: string, detail: string, advice?: string);
    code: string;
    detail: string;
    advice: string;
}
