/** @param {string} text */
export function parseExact(text: string): any;
