#include "report.h"
#include "answers.h"
#include "kernel.h"
#include "message.h"
#include "rpc.h"

static void out_event(enum tag tag, uint32_t index)
{
	out_u8(tag);
	out_u8(index);
}

void report_blocked(uint32_t index)
{
	out_event(TAG_BLOCKED, index);
}

void report_ended(uint32_t index)
{
	out_event(TAG_ENDED, index);
}

void report_problem(enum tag tag, uint32_t index, enum why why, uint32_t code)
{
	out_event(tag, index);
	out_u8(why);
	out_u32(code);
}

/** The size of a message with everything it refers to, in words. */
static uint32_t words_with_regions(const uint8_t *message, uint32_t size)
{
	struct item item;
	uint32_t words = (size + 3) / 4;
	uint32_t at = sizeof(struct header);
	while (next_item(message, size, &at, &item))
		if (!item.is_inline)
			words += (item.bytes + 3) / 4;
	return words;
}

/** Writes out what an item of a thread's message refers to, which lies in the memory of its task. */
static void out_region_of(const struct thread *thread, const struct item *item)
{
	const uint32_t address_at = REPLY_ITEMS + 12;
	rpc_start(VM_READ);
	rpc_integer(*(const uint32_t *)item->data);
	rpc_integer(item->bytes);
	uint32_t error = rpc_call(tasks[thread->task].port);
	if (error != 0)
		give_up("vm_read", error);
	uint32_t address = rpc_word(address_at);
	out_bytes((const void *)address, (item->bytes + 3) & ~3u);
	for (uint32_t word = 0; word < item->bytes / 4; word++)
		if (thread->yield == YIELD_LIST)
			answers_add(((const name_t *)address)[word]);
	vm_release(address, item->bytes);
}

static void out_done(uint32_t index, uint32_t result)
{
	out_event(TAG_DONE, index);
	out_u32(result);
}

/** A message that lies, with all it refers to, in the memory of `thread`. */
static void out_message_of(const struct thread *thread, const uint8_t *message, uint32_t size)
{
	struct item item;
	uint32_t at = sizeof(struct header);
	out_u16(words_with_regions(message, size));
	out_bytes(message, (size + 3) & ~3u);
	while (next_item(message, size, &at, &item))
		if (!item.is_inline && item.bytes != 0)
			out_region_of(thread, &item);
}

/** The reply the agent received last; only the names of the first region count. */
static void out_own_reply(enum yield yield)
{
	const uint8_t *message = rpc_reply();
	uint32_t size = ((const struct header *)message)->size;
	struct item item;
	uint32_t at = REPLY_ITEMS;
	out_u16(words_with_regions(message, size));
	out_bytes(message, size);
	while (next_item(message, size, &at, &item)) {
		if (item.is_inline)
			continue;
		uint32_t address = *(const uint32_t *)item.data;
		out_bytes((const void *)address, (item.bytes + 3) & ~3u);
		for (uint32_t word = 0; word < item.bytes / 4; word++)
			if (yield == YIELD_LIST)
				answers_add(((const name_t *)address)[word]);
		yield = yield == YIELD_LIST ? YIELD_NOTHING : yield;
		vm_release(address, item.bytes);
	}
}

/** Files the value a reply brings, if it brings one. */
static void add_value(enum yield yield, const uint8_t *reply)
{
	const uint32_t *words = (const uint32_t *)reply;
	if (yield == YIELD_VALUE && words[REPLY_CODE / 4] == KERN_SUCCESS)
		answers_add(words[REPLY_VALUE / 4]);
}

void report_request(uint32_t index, uint32_t call, enum yield yield, uint32_t error)
{
	answers_open(call);
	out_done(index, error);
	if (error != 0) {
		out_u16(0);
		return;
	}
	add_value(yield, rpc_reply());
	out_own_reply(yield);
}

/** How much of the message in its slot a message call with this result has left there. */
static uint32_t bytes_left(const struct thread *thread, uint32_t result, const struct header *header)
{
	switch (result & ~SHORTAGE_BITS) {
	case KERN_SUCCESS:
		return (thread->options & RCV_MSG) != 0 ? header->size : 0;
	case SEND_TIMED_OUT:
	case SEND_INTERRUPTED:
	case SEND_INVALID_NOTIFY:
	case SEND_NOTIFY_IN_PROGRESS:
	case RCV_BODY_ERROR:
		return header->size;
	case RCV_TOO_LARGE:
	case RCV_INVALID_NOTIFY:
	case RCV_HEADER_ERROR:
		return sizeof *header;
	default:
		return 0;
	}
}

/** Whether what was left brings names: of a message that was kept in the queue only the size was told. */
static int brings_names(const struct thread *thread, uint32_t result)
{
	return (result & ~SHORTAGE_BITS) != RCV_TOO_LARGE || (thread->options & RCV_LARGE) == 0;
}

static void report_message(uint32_t index, uint32_t result)
{
	struct thread *thread = &threads[index];
	const uint8_t *message = slots[index].message;
	uint32_t left = bytes_left(thread, result, (const struct header *)message);
	out_done(index, result);
	if (left > MESSAGE_CAPACITY || left < sizeof(struct header)) {
		out_u16(0);
		return;
	}
	if (brings_names(thread, result))
		answers_add_message(message, left);
	out_message_of(thread, message, left);
}

static void report_rights(uint32_t index, uint32_t result)
{
	struct thread *thread = &threads[index];
	const uint8_t *message = slots[index].message;
	out_done(index, result);
	if (result != 0) {
		out_u16(0);
		return;
	}
	add_value(thread->yield, message);
	out_message_of(thread, message, ((const struct header *)message)->size);
}

static void report_kept_reply(uint32_t index, uint32_t result)
{
	struct thread *thread = &threads[index];
	out_done(index, result);
	out_u16(result == 0 ? thread->reply_size / 4 : 0);
	if (result == 0)
		out_bytes(thread->reply, thread->reply_size);
}

void report_done(uint32_t index)
{
	struct thread *thread = &threads[index];
	uint32_t result = slots[index].result;
	answers_open(thread->call);
	switch (thread->duty) {
	case DUTY_MESSAGE:
		report_message(index, result);
		break;
	case DUTY_RIGHTS_REQUEST:
		report_rights(index, result);
		break;
	case DUTY_REQUEST:
		report_kept_reply(index, result);
		break;
	default:
		out_done(index, result);
		out_u16(0);
		if (thread->yield == YIELD_RESULT)
			answers_add(result);
	}
	thread->duty = DUTY_NONE;
	slots[index].finished = 0;
}

void report_woken(void)
{
	for (;;) {
		uint32_t first = NOBODY;
		for (uint32_t index = 0; index < THREADS; index++)
			if (threads[index].duty != DUTY_NONE && slots[index].finished &&
			    (first == NOBODY || slots[index].order < slots[first].order))
				first = index;
		if (first == NOBODY)
			return;
		report_done(first);
	}
}
