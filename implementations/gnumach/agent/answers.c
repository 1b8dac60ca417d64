#include "answers.h"
#include "kernel.h"
#include "message.h"

#define POOL 262144u

struct answer {
	uint32_t first;
	uint32_t count;
};

static struct answer answers[ANSWER_CALLS];
static name_t pool[POOL];
static uint32_t used;
static uint32_t call_count;
static struct answer *open;

void answers_reset(uint32_t calls)
{
	clear_bytes(answers, calls * sizeof *answers);
	used = 0;
	call_count = calls;
}

void answers_open(uint32_t call)
{
	open = &answers[call];
	open->first = used;
	open->count = 0;
}

void answers_add(name_t name)
{
	if (used == POOL)
		give_up("a program with too many names", used);
	pool[used++] = name;
	open->count++;
}

/** Whether the kernel sent this message to notify: its name items are names, not data. */
static int is_notification(const struct header *header)
{
	const uint32_t first = 64, last = 72;
	return header->id >= first && header->id <= last && header->remote == NAME_NULL &&
	       (header->bits & 0xffff) == BITS_OF(0, TYPE_MOVE_SEND_ONCE);
}

void answers_add_message(const uint8_t *message, uint32_t size)
{
	const struct header *header = (const struct header *)message;
	struct item item;
	uint32_t at = sizeof *header;
	answers_add(header->remote);
	answers_add(header->local);
	while (next_item(message, size, &at, &item)) {
		int is_name = item.type == TYPE_PORT_NAME && is_notification(header);
		if (!item.is_inline || !(is_right(item.type) || is_name))
			continue;
		for (uint32_t name = 0; name < item.number; name++)
			answers_add(((const name_t *)item.data)[name]);
	}
}

name_t answers_find(uint32_t reference)
{
	uint32_t call = reference >> 16, place = reference & 0xffff;
	if (call >= call_count || place >= answers[call].count)
		return NAME_NULL;
	return pool[answers[call].first + place];
}

name_t answers_resolve(uint32_t word, int is_reference)
{
	return is_reference ? answers_find(word) : word;
}

void answers_fill_in(uint32_t *message, const uint32_t *mentions, uint32_t count)
{
	for (uint32_t at = 0; at < count; at++) {
		uint32_t *word = message + (mentions[at] & 0xffff) / 4;
		enum mention_sort sort = (enum mention_sort)(mentions[at] >> 16);
		if (sort == MENTION_ADDRESS)
			*word += (uint32_t)message;
		else
			*word = answers_resolve(*word, sort == MENTION_REFERENCE);
	}
}
