/**
 * Requests to the kernel that the agent itself sends: built item by item, answered at once.
 *
 *     rpc_start(TASK_CREATE);
 *     rpc_boolean(1);
 *     if (rpc_call(task) == KERN_SUCCESS) child = rpc_word(REPLY_VALUE);
 */
#ifndef RPC_H
#define RPC_H

#include "mach.h"

/** Where a reply has its return code, the descriptor of its first result, and that result. */
#define REPLY_CODE 28u
#define REPLY_ITEMS 32u
#define REPLY_VALUE 36u

void rpc_init(void);
void rpc_start(uint32_t id);
void rpc_integer(uint32_t value);
void rpc_integers(const uint32_t *values, uint32_t number);
void rpc_boolean(int value);
void rpc_name(name_t name);
void rpc_short(uint32_t value);
void rpc_right(name_t name, enum type_name disposition);
void rpc_text(const char *text);
/** Bytes that travel by reference. */
void rpc_region(const void *bytes, uint32_t size);
/** Items that are already encoded. */
void rpc_raw(const void *items, uint32_t size, int is_complex);

/** Sends the request to `port`: the error of the message call, or the return code of the reply. */
uint32_t rpc_call(name_t port);
/** As `rpc_call`, but only the error of the message call: the reply then waits in `rpc_reply`. */
uint32_t rpc_exchange(name_t port);

/** Takes a reply that waits on `port` into the buffer; 0 when there is none. */
int rpc_take(name_t port);

uint32_t rpc_word(uint32_t at);
const uint8_t *rpc_reply(void);

#endif
