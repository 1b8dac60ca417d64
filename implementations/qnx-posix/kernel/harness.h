/* Sets processes to work, one call at a time, and says what each was seen to do. */
#ifndef HARNESS_H
#define HARNESS_H
#include "json.h"
#include <stdio.h>

/* Starts anew with so many processes; NULL, or what went wrong. */
const char *harness_reset(int count);

/*
 * Has a call made and waits until everything is at rest: every process has its answer, is blocked, stopped or dead.
 * Writes the events as JSON; NULL, or what is wrong with the call.
 */
const char *harness_step(const struct json *call, FILE *out);

/* Ends every process. */
void harness_close(void);

/* The names of the operations, as a JSON array. */
void harness_write_operations(FILE *out);
#endif
