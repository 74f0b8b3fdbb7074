/**
 * @param {string} url of the node
 * @param {EventOptions} options
 * @returns {AsyncGenerator<LedgerEvent | BlockEnd, void, void>}
 */
export function events(url: string, { from, kinds, address, ticket, signal, WebSocket, attempts, pauseMs }: EventOptions): AsyncGenerator<LedgerEvent | BlockEnd, void, void>;
export type LedgerEvent = {
    height: number;
    receipt: number;
    place: number;
    transaction_id: string;
    event: {
        kind: string;
    } & Record<string, any>;
};
/**
 * all events of the block have come: go on from the height after it
 */
export type BlockEnd = {
    height: number;
    end: true;
};
export type EventOptions = {
    /**
     * the first height; without it the next block
     */
    from?: number | undefined;
    /**
     * only these
     */
    kinds?: readonly string[] | undefined;
    /**
     * only what names this account
     */
    address?: string | undefined;
    /**
     * of each connection, where reading needs a login
     */
    ticket?: (() => Promise<string>) | undefined;
    /**
     * ends the stream
     */
    signal?: AbortSignal | undefined;
    WebSocket?: {
        new (url: string | URL, protocols?: string | string[]): WebSocket;
        prototype: WebSocket;
        readonly CONNECTING: 0;
        readonly OPEN: 1;
        readonly CLOSING: 2;
        readonly CLOSED: 3;
    } | undefined;
    /**
     * how often in a row no connection may be made
     */
    attempts?: number | undefined;
    /**
     * before the second attempt; doubled after each
     */
    pauseMs?: number | undefined;
};
