/* A Modbus slave by libmodbus for the tests: `libmodbus_slave tcp PORT` or `libmodbus_slave rtu DEVICE`.
 *
 * Device 1. Holding register n holds n + 1000, input register n holds n + 2000, for n below 5000; a line "ready" on
 * stdout when it listens (TCP) or has opened the port (RTU). It serves until it is killed.
 */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REGISTERS = 5000 };

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, modbus_strerror(errno));
    return 1;
}

static void serve(modbus_t *context, modbus_mapping_t *map) {
    uint8_t question[MODBUS_TCP_MAX_ADU_LENGTH];
    for (;;) {
        int length = modbus_receive(context, question);
        if (length > 0) {
            modbus_reply(context, question, length, map);
        } else if (length < 0 && errno != EMBBADCRC && errno != ETIMEDOUT) {
            return;
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 3 || (strcmp(argv[1], "tcp") != 0 && strcmp(argv[1], "rtu") != 0)) {
        fputs("usage: libmodbus_slave tcp PORT | rtu DEVICE\n", stderr);
        return 2;
    }
    int is_tcp = strcmp(argv[1], "tcp") == 0;
    modbus_t *context = is_tcp ? modbus_new_tcp("127.0.0.1", atoi(argv[2])) : modbus_new_rtu(argv[2], 9600, 'N', 8, 1);
    modbus_mapping_t *map = modbus_mapping_new(0, 0, REGISTERS, REGISTERS);
    if (context == NULL || map == NULL) {
        return fail("modbus_new");
    }
    for (int n = 0; n < REGISTERS; n++) {
        map->tab_registers[n] = (uint16_t) (n + 1000);
        map->tab_input_registers[n] = (uint16_t) (n + 2000);
    }
    modbus_set_slave(context, 1);
    if (!is_tcp) {
        if (modbus_connect(context) != 0) {
            return fail("modbus_connect");
        }
        puts("ready");
        fflush(stdout);
        serve(context, map);
        return fail("serve");
    }
    int socket = modbus_tcp_listen(context, 1);
    if (socket < 0) {
        return fail("modbus_tcp_listen");
    }
    puts("ready");
    fflush(stdout);
    while (modbus_tcp_accept(context, &socket) >= 0) {
        serve(context, map);
    }
    return fail("modbus_tcp_accept");
}
