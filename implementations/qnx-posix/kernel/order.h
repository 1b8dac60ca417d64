/* Reads a call in the protocol's form. What the harness sends is data: whatever does not fit is said to be wrong. */
#ifndef ORDER_H
#define ORDER_H
#include "calls.h"
#include "json.h"

/* The number of a process that goes by `P1`; -1 for what is no such name. */
int order_process(const struct json *name);

/* Fills in the arguments. `pid_of` knows the pid of a process by its number. NULL, or what is wrong. */
const char *order_read(const struct json *call, int (*pid_of)(int number), struct request *order);
#endif
