#include "message.h"

#define INLINE_BIT (1u << 28)
#define LONG_FORM_BIT (1u << 29)
#define LONG_DESCRIPTOR 12u

uint32_t descriptor(enum type_name type, uint32_t bits, uint32_t number)
{
	return (uint32_t)type | bits << 8 | number << 16 | INLINE_BIT;
}

int is_right(uint32_t type)
{
	return type >= TYPE_MOVE_RECEIVE && type <= TYPE_MAKE_SEND_ONCE;
}

static uint32_t word_at(const uint8_t *message, uint32_t at)
{
	return *(const uint32_t *)(message + at);
}

/** Reads the descriptor at `at` and returns its length, or 0 when the message is too short. */
static uint32_t read_descriptor(const uint8_t *message, uint32_t left, uint32_t at, struct item *item)
{
	if (left < 4)
		return 0;
	uint32_t word = word_at(message, at);
	item->is_inline = (word & INLINE_BIT) != 0;
	if ((word & LONG_FORM_BIT) == 0) {
		item->type = word & 0xff;
		item->bits = word >> 8 & 0xff;
		item->number = word >> 16 & 0xfff;
		return 4;
	}
	if (left < LONG_DESCRIPTOR)
		return 0;
	item->type = word_at(message, at + 4) & 0xffff;
	item->bits = word_at(message, at + 4) >> 16;
	item->number = word_at(message, at + 8);
	return LONG_DESCRIPTOR;
}

int next_item(const uint8_t *message, uint32_t size, uint32_t *at, struct item *item)
{
	uint32_t length = *at < size ? read_descriptor(message, size - *at, *at, item) : 0;
	if (length == 0)
		return 0;
	/* Names are words, also where a simple message says something else of them. */
	uint64_t bits = is_right(item->type) ? 32 : item->bits;
	uint64_t bytes = (bits * item->number + 7) / 8;
	uint64_t end = *at + length + (item->is_inline ? (bytes + 3) & ~3ull : 4);
	if (end > size || bytes > 0x7fffffff)
		return 0;
	item->data = message + *at + length;
	item->bytes = (uint32_t)bytes;
	*at = (uint32_t)end;
	return 1;
}
