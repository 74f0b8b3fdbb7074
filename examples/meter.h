/*
 * Signed readings for a device without Python: what a meter sends, byte for byte as docs/meter-format.md says.
 *
 * A port compiles meter.c as it is (it needs <string.h> and no more: no malloc, no stdio, no floats) and defines the
 * two functions of the seam below by its secure element or a small library. meter_program.c is a port to a desk, with
 * libsodium. Around `meter_build` a device reserves the sequence in flash before it signs, keeps the bytes before it
 * sends them, and sends the same bytes until a block decided them. Memory: one `struct meter_transaction` and 24 bytes
 * a reading; -DMETER_MAX_BYTES=1024 makes the former small.
 */
#ifndef METER_H
#define METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef METER_MAX_BYTES
#define METER_MAX_BYTES 65536 /* of a transaction: the ledger's limit; a device may have a lower one */
#endif

enum {
    METER_MAX_READINGS = 800,
    METER_MAX_CHAIN_ID = 64,
    METER_MAX_KEY = 34,
    METER_GENESIS = 32,
    METER_PROFILE = 32,
    METER_OBIS = 6,
    METER_DIGEST = 32,
    METER_SIGNATURE = 64,
    METER_FRONT = 1 + 12 + METER_GENESIS /* what a signature covers before the envelope */
};

struct meter_reading {
    int64_t sequence;
    int64_t time_ms;
    int64_t raw; /* what the register shows */
};

/* Readings of one register, and what they share. */
struct meter_batch {
    const char *chain_id;
    uint8_t genesis[METER_GENESIS]; /* the hash of the chain's genesis; the id ends with its first 8 hex digits */
    uint8_t public_key[METER_MAX_KEY]; /* 01 and 32 bytes of Ed25519, or 02 and a compressed P-256 point of 33 */
    size_t public_key_size;
    int64_t valid_until_height; /* 0: no limit */
    uint8_t profile[METER_PROFILE];
    int64_t boot;
    int64_t clock;
    int64_t flags;
    uint8_t obis[METER_OBIS];
    int64_t scale;
    const struct meter_reading *readings;
    size_t count;
};

struct meter_transaction {
    const uint8_t *bytes; /* where in the buffer the transaction starts */
    size_t size;
    uint8_t id[METER_DIGEST];
    uint8_t buffer[METER_FRONT + METER_MAX_BYTES];
};

/* Builds and signs. NULL, or what hindered it; then nothing in `out` counts. */
const char *meter_build(const struct meter_batch *batch, struct meter_transaction *out);

/* --- The seam: what a port defines ------------------------------------------------------------------------------ */

/* Ed25519 over the message; or, by a P-256 key, ECDSA over its SHA-256 as r || s, where an s above half of the group's
 * order is replaced by the order less s. False where the key does not sign. */
bool device_sign(const uint8_t *message, size_t size, uint8_t signature[METER_SIGNATURE]);

bool device_sha256(const uint8_t *message, size_t size, uint8_t digest[METER_DIGEST]);

#endif
