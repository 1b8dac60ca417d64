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

/** A name as it stands in a record: itself, or a reference. */
name_t answers_resolve(uint32_t word, int is_reference);

/** What a mention says, in its upper half, of the word at the offset in its lower half. */
enum mention_sort { MENTION_NAME = 0, MENTION_REFERENCE = 1, MENTION_ADDRESS = 2 };

/** Replaces the references in a message by names, and offsets by addresses. */
void answers_fill_in(uint32_t *message, const uint32_t *mentions, uint32_t count);

#endif
