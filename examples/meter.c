/* Canonical MessagePack into a fixed buffer, and with it a signed batch of readings (meter.h, docs/meter-format.md). */
#include "meter.h"

#include <string.h>

enum { TAIL_BYTES = 1 + 1 + 1 + 2 + METER_SIGNATURE }; /* the list of one signature, after the envelope */

/* --- Canonical MessagePack -------------------------------------------------------------------------------------- */

struct writer {
    uint8_t *bytes; /* NULL: only count */
    size_t room;
    size_t size;
    bool full;
};

static void put(struct writer *out, const void *bytes, size_t size)
{
    if (out->full || size > out->room - out->size) {
        out->full = true;
        return;
    }
    if (out->bytes != NULL)
        memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

/* A marker, and the low `width` bytes of a number, the highest first. */
static void put_marked(struct writer *out, unsigned marker, uint64_t number, size_t width)
{
    uint8_t bytes[9] = {(uint8_t)marker};
    for (size_t place = 0; place < width; place++)
        bytes[1 + place] = (uint8_t)(number >> (8 * (width - 1 - place)));
    put(out, bytes, 1 + width);
}

/* The shortest form: from 0 on an unsigned one, below 0 a signed one. */
static void put_integer(struct writer *out, int64_t value)
{
    const uint64_t bits = (uint64_t)value; /* two's complement, as the format has it */
    if (value >= -32 && value <= 127)
        put_marked(out, (unsigned)(bits & 0xff), 0, 0);
    else if (value >= 0 && bits <= UINT8_MAX)
        put_marked(out, 0xcc, bits, 1);
    else if (value >= 0 && bits <= UINT16_MAX)
        put_marked(out, 0xcd, bits, 2);
    else if (value >= 0 && bits <= UINT32_MAX)
        put_marked(out, 0xce, bits, 4);
    else if (value >= 0)
        put_marked(out, 0xcf, bits, 8);
    else if (value >= INT8_MIN)
        put_marked(out, 0xd0, bits, 1);
    else if (value >= INT16_MIN)
        put_marked(out, 0xd1, bits, 2);
    else if (value >= INT32_MIN)
        put_marked(out, 0xd2, bits, 4);
    else
        put_marked(out, 0xd3, bits, 8);
}

/* Two bytes of length are enough here and below: nothing longer fits into a transaction. */
static void put_array(struct writer *out, size_t items)
{
    if (items <= 15)
        put_marked(out, 0x90 | (unsigned)items, 0, 0);
    else
        put_marked(out, 0xdc, items, 2);
}

static void put_bytes_head(struct writer *out, size_t size)
{
    if (size <= UINT8_MAX)
        put_marked(out, 0xc4, size, 1);
    else
        put_marked(out, 0xc5, size, 2);
}

static void put_bytes(struct writer *out, const uint8_t *bytes, size_t size)
{
    put_bytes_head(out, size);
    put(out, bytes, size);
}

static void put_text(struct writer *out, const char *text)
{
    const size_t size = strlen(text);
    if (size <= 31)
        put_marked(out, 0xa0 | (unsigned)size, 0, 0);
    else
        put_marked(out, 0xd9, size, 1);
    put(out, text, size);
}

/* --- The batch -------------------------------------------------------------------------------------------------- */

/* What no ledger would take; NULL if there is nothing. */
static const char *fault_of(const struct meter_batch *batch)
{
    const char *chain_id = batch->chain_id;
    const size_t length = strspn(chain_id, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (chain_id[0] < 'a' || chain_id[0] > 'z' || length > METER_MAX_CHAIN_ID || chain_id[length] != '\0')
        return "a chain id has 1 to 64 of a-z, 0-9 and -, a letter first";
    if (batch->public_key_size > METER_MAX_KEY)
        return "a key has 33 or 34 bytes";
    if (batch->boot < 0 || batch->valid_until_height < 0)
        return "boot counter and height are 0 or more";
    if (batch->clock < 0 || batch->clock > 2 || batch->flags < 0 || batch->flags > UINT32_MAX)
        return "the clock's quality is 0 to 2, the flags have 32 bits";
    if (batch->scale < -9 || batch->scale > 9)
        return "the scale is -9 to 9";
    if (batch->count == 0 || batch->count > METER_MAX_READINGS)
        return "a batch has 1 to 800 readings";
    for (size_t place = 0; place < batch->count; place++) {
        const struct meter_reading *reading = &batch->readings[place];
        if (reading->sequence < 1 || reading->time_ms < 0 || reading->raw < 0)
            return "a sequence is 1 or more, time and register are 0 or more";
        const int64_t step = place == 0 ? 1 : reading->sequence - reading[-1].sequence;
        if (step < 1 || step > INT32_C(1) << 20)
            return "sequences rise by 1 to 2^20";
    }
    return NULL;
}

static void put_payload(struct writer *out, const struct meter_batch *batch)
{
    const struct meter_reading *first = batch->readings;
    put_array(out, 9);
    put_bytes(out, batch->profile, METER_PROFILE);
    put_integer(out, batch->boot);
    put_integer(out, batch->clock);
    put_integer(out, batch->flags);
    put_bytes(out, batch->obis, METER_OBIS);
    put_integer(out, batch->scale);
    put_integer(out, first->time_ms);
    put_integer(out, first->raw);
    put_array(out, batch->count - 1);
    for (const struct meter_reading *next = first + 1; next < first + batch->count; next++) {
        put_array(out, 3);
        put_integer(out, next->sequence - next[-1].sequence);
        put_integer(out, next->time_ms - next[-1].time_ms);
        put_integer(out, next->raw - next[-1].raw);
    }
}

static void put_envelope(struct writer *out, const struct meter_batch *batch)
{
    struct writer payload = {NULL, METER_MAX_BYTES, 0, false}; /* its size stands before it, so it is counted first */
    put_payload(&payload, batch);
    put_array(out, 8);
    put_integer(out, 1); /* the protocol's version */
    put_text(out, batch->chain_id);
    put_integer(out, 99); /* SubmitReadings */
    put_bytes(out, batch->public_key, batch->public_key_size);
    put_integer(out, batch->readings[batch->count - 1].sequence);
    put_integer(out, batch->valid_until_height);
    put_integer(out, 0); /* no fee */
    put_bytes_head(out, payload.size);
    put_payload(out, batch);
}

/* Bytes that end at `end`; where they start. */
static uint8_t *put_before(uint8_t *end, const void *bytes, size_t size)
{
    return memcpy(end - size, bytes, size);
}

/* A domain tag with its length in one byte, so that it ends at `end`; where it starts. */
static uint8_t *tag_before(uint8_t *end, const char *tag)
{
    const uint8_t size = (uint8_t)strlen(tag);
    return put_before(put_before(end, tag, size), &size, 1);
}

/* What is signed and hashed is the envelope after a prefix. So each prefix is put right before the envelope, where in
 * the end the head of the transaction stands: nothing is copied. */
const char *meter_build(const struct meter_batch *batch, struct meter_transaction *out)
{
    const char *fault = fault_of(batch);
    if (fault != NULL)
        return fault;
    uint8_t *envelope = out->buffer + METER_FRONT;
    struct writer body = {envelope, METER_MAX_BYTES, 0, false};
    put_envelope(&body, batch);
    const size_t head_size = body.size <= UINT8_MAX ? 3 : 4;
    if (body.full || head_size + body.size + TAIL_BYTES > METER_MAX_BYTES)
        return "too many bytes: send fewer readings";
    const uint8_t *end = envelope + body.size;

    uint8_t signature[METER_SIGNATURE];
    const uint8_t *start = tag_before(put_before(envelope, batch->genesis, METER_GENESIS), "nodechain/tx");
    if (!device_sign(start, (size_t)(end - start), signature))
        return "the key does not sign";
    start = tag_before(envelope, "nodechain/id");
    if (!device_sha256(start, (size_t)(end - start), out->id))
        return "the hash fails";

    struct writer head = {envelope - head_size, head_size, 0, false};
    put_array(&head, 2);
    put_bytes_head(&head, body.size);
    put_array(&body, 1); /* signatures */
    put_array(&body, 2);
    put_integer(&body, 0); /* the signer's place */
    put_bytes(&body, signature, METER_SIGNATURE);
    out->bytes = head.bytes;
    out->size = head_size + body.size;
    return NULL;
}
