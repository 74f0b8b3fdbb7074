/*
 * The example meter on a desk: descriptions as text on stdin, `transaction id` in hexadecimal on stdout, a line each.
 *
 *     cc -std=c99 -O2 examples/meter.c examples/meter_program.c -lsodium -o meter && ./meter < description
 *
 * A description has these lines, in this order: chain, genesis (32 bytes), seed (32 bytes), valid_until, profile, boot,
 * clock, flags, obis, scale, then `reading SEQUENCE TIME_MS REGISTER` for each reading, then `end`. Bytes are in
 * lower-case hexadecimal. Exit code 2: a description that is not one; its line and what is wrong are on stderr. 1: anything else.
 */
#include "meter.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

bool device_sign(const uint8_t *message, size_t size, uint8_t signature[METER_SIGNATURE])
{
    return crypto_sign_detached(signature, NULL, message, size, secret_key) == 0;
}

bool device_sha256(const uint8_t *message, size_t size, uint8_t digest[METER_DIGEST])
{
    return crypto_hash_sha256(digest, message, size) == 0;
}

static struct {
    char line[256];
    const char *at; /* what of the line is not read yet */
    unsigned long number;
} input;

static void refuse(const char *reason)
{
    fprintf(stderr, "meter: line %lu: %s\n", input.number, reason);
    exit(2);
}

/* False at the end of the input. */
static bool next_line(void)
{
    input.number++;
    if (fgets(input.line, sizeof input.line, stdin) == NULL)
        return false;
    char *end = strchr(input.line, '\n');
    if (end == NULL)
        refuse("too long, or without an end");
    else
        *end = '\0';
    input.at = input.line;
    return true;
}

static bool take(const char *text)
{
    const size_t size = strlen(text);
    if (strncmp(input.at, text, size) != 0)
        return false;
    input.at += size;
    return true;
}

/* The rest of a line that must be there and start with `name`. */
static void open_field(const char *name)
{
    if (!next_line() || !take(name) || !take(" "))
        refuse("not what comes here in a description");
}

static void end_field(void)
{
    if (*input.at != '\0')
        refuse("more than belongs there");
}

static int64_t take_integer(void)
{
    const bool negative = take("-");
    int64_t value = 0;
    if (*input.at < '0' || *input.at > '9')
        refuse("not a number");
    for (; *input.at >= '0' && *input.at <= '9'; input.at++) {
        const int digit = *input.at - '0';
        if (value > (INT64_MAX - digit) / 10)
            refuse("a number above 2^63-1");
        value = 10 * value + digit;
    }
    return negative ? -value : value;
}

static int64_t integer_field(const char *name)
{
    open_field(name);
    const int64_t value = take_integer();
    end_field();
    return value;
}

static unsigned take_digit(void)
{
    const char digit = *input.at;
    if (digit >= '0' && digit <= '9')
        return (unsigned)(*input.at++ - '0');
    if (digit < 'a' || digit > 'f')
        refuse("too few bytes, or not in lower-case hexadecimal");
    return (unsigned)(*input.at++ - 'a' + 10);
}

static void bytes_field(const char *name, uint8_t *bytes, size_t size)
{
    open_field(name);
    for (size_t place = 0; place < size; place++) {
        const unsigned high = take_digit();
        bytes[place] = (uint8_t)(high << 4 | take_digit());
    }
    end_field();
}

static size_t read_readings(struct meter_reading *readings)
{
    size_t count = 0;
    bool more = next_line();
    for (; more && take("reading "); more = next_line()) {
        if (count == METER_MAX_READINGS)
            refuse("too many readings");
        int64_t numbers[3];
        for (size_t place = 0; place < 3; place++) {
            if (place > 0 && !take(" "))
                refuse("a reading has three numbers");
            numbers[place] = take_integer();
        }
        end_field();
        readings[count++] = (struct meter_reading){numbers[0], numbers[1], numbers[2]};
    }
    if (!more || !take("end"))
        refuse("neither a reading nor the end");
    end_field();
    return count;
}

/* False where the input ends before a description. */
static bool read_description(struct meter_batch *batch)
{
    static char chain_id[sizeof input.line];
    static struct meter_reading readings[METER_MAX_READINGS];
    uint8_t seed[crypto_sign_SEEDBYTES];
    if (!next_line())
        return false;
    if (!take("chain "))
        refuse("a description starts with its chain");
    strcpy(chain_id, input.at); /* a line never is longer than the room here */
    bytes_field("genesis", batch->genesis, METER_GENESIS);
    bytes_field("seed", seed, sizeof seed);
    batch->chain_id = chain_id;
    batch->public_key[0] = 1; /* Ed25519 */
    batch->public_key_size = 1 + crypto_sign_PUBLICKEYBYTES;
    crypto_sign_seed_keypair(batch->public_key + 1, secret_key, seed);
    batch->valid_until_height = integer_field("valid_until");
    bytes_field("profile", batch->profile, METER_PROFILE);
    batch->boot = integer_field("boot");
    batch->clock = integer_field("clock");
    batch->flags = integer_field("flags");
    bytes_field("obis", batch->obis, METER_OBIS);
    batch->scale = integer_field("scale");
    batch->readings = readings;
    batch->count = read_readings(readings);
    return true;
}

static void print_hex(const uint8_t *bytes, size_t size, char end)
{
    for (size_t place = 0; place < size; place++)
        printf("%02x", bytes[place]);
    putchar(end);
}

int main(void)
{
    static struct meter_batch batch;
    static struct meter_transaction transaction;
    if (sodium_init() < 0) {
        fputs("meter: libsodium does not start\n", stderr);
        return 1;
    }
    while (read_description(&batch)) {
        const char *fault = meter_build(&batch, &transaction);
        if (fault != NULL)
            refuse(fault);
        print_hex(transaction.bytes, transaction.size, ' ');
        print_hex(transaction.id, METER_DIGEST, '\n');
        if (fflush(stdout) != 0) {
            perror("meter");
            return 1;
        }
    }
    return 0;
}
