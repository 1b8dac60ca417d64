/**
 * The names in the answers of the program that runs, so that later calls can refer to them.
 *
 * A reference is one word: the number of the call in its upper half, the place of the name in its lower.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "mach.h"

#define ANSWER_CALLS 65536u

void answers_reset(uint32_t calls);
/** Opens the answer of `call`; `answers_add` then adds its names in order. */
void answers_open(uint32_t call);
void answers_add(name_t name);
/** Adds the names in a message: reply, destination, and those among its items. */
void answers_add_message(const uint8_t *message, uint32_t size);
/** The name a reference stands for; 0 while there is no such answer. */
name_t answers_find(uint32_t reference);

#endif
