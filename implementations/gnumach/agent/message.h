/** Typed messages: writing them item by item, and walking over them. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "mach.h"

/** One item of a message as it lies in a buffer. */
struct item {
	uint32_t type;
	uint32_t bits;
	uint32_t number;
	/** False: `data` points at the address of the bytes, not at the bytes. */
	int is_inline;
	const uint8_t *data;
	/** How many bytes the elements have, without padding. */
	uint32_t bytes;
};

/**
 * Reads the item at `*at` of `message`, which has `size` bytes, and moves on to the next.
 * Returns 0 at the end, and when what is there is too short for an item.
 */
int next_item(const uint8_t *message, uint32_t size, uint32_t *at, struct item *item);

/** Whether elements of this type are names: rights that are carried, or, in a simple message, only named. */
int is_right(uint32_t type);

/** The short descriptor of an inline item. */
uint32_t descriptor(enum type_name type, uint32_t bits, uint32_t number);

#endif
