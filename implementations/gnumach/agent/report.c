#include "report.h"
#include "answers.h"
#include "fence.h"
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

static uint32_t words_of(uint32_t bytes)
{
	return (bytes + 3) / 4;
}

/** The size of what the items of a message refer to, in words. */
static uint32_t region_words(const uint8_t *message, uint32_t size, uint32_t at)
{
	struct item item;
	uint32_t words = 0;
	while (next_item(message, size, &at, &item))
		if (!item.is_inline)
			words += words_of(item.bytes);
	return words;
}

/** A call that has come back with a result and nothing else. */
static void out_result(uint32_t index, uint32_t result)
{
	out_event(result == 0 ? TAG_SUCCESS : TAG_ERROR, index);
	if (result != 0)
		out_u32(result);
}

/**
 * Whether what a thread's message refers to is reported. Of a program that has memory of its own it is not: there
 * the addresses are what counts, and reading might wait for a pager.
 */
static int shows_regions(void)
{
	return !fence_is_up();
}

/** A call that has come back with something, the bytes of `message` from `start` on; regions follow if `shown`. */
static void out_answer(uint32_t index, uint32_t result, const uint8_t *message, uint32_t size, uint32_t start, int shown)
{
	/* What is reported of a message begins with its header, which has no items. */
	uint32_t items = start < sizeof(struct header) ? sizeof(struct header) : start;
	out_event(TAG_ANSWER, index);
	out_u32(result);
	out_u16(words_of(size - start));
	out_u16(shown ? region_words(message, size, items) : 0);
	out_bytes(message + start, words_of(size - start) * 4);
}

static void out_region(uint32_t address, uint32_t bytes, int are_names)
{
	out_bytes((const void *)address, words_of(bytes) * 4);
	for (uint32_t word = 0; are_names && word < bytes / 4; word++)
		answers_add(((const name_t *)address)[word]);
}

/** What an item of a thread's message refers to lies in the memory of its task. */
static void out_region_of(const struct thread *thread, const struct item *item, int are_names)
{
	const uint32_t address_at = REPLY_ITEMS + 12;
	rpc_start(VM_READ);
	rpc_integer(*(const uint32_t *)item->data);
	rpc_integer(item->bytes);
	uint32_t error = rpc_call(tasks[thread->task].port);
	if (error != 0)
		give_up("vm_read", error);
	uint32_t address = rpc_word(address_at);
	out_region(address, item->bytes, are_names);
	vm_release(address, item->bytes);
}

static void out_regions_of(const struct thread *thread, const uint8_t *message, uint32_t size, uint32_t at)
{
	struct item item;
	while (shows_regions() && next_item(message, size, &at, &item))
		if (!item.is_inline && item.bytes != 0)
			out_region_of(thread, &item, thread->yield == YIELD_LIST);
}

/** What the reply that the agent received last refers to; only the first of these may be names. */
static void out_own_regions(const uint8_t *reply, uint32_t size, int are_names)
{
	struct item item;
	uint32_t at = REPLY_ITEMS;
	while (next_item(reply, size, &at, &item)) {
		if (item.is_inline)
			continue;
		uint32_t address = *(const uint32_t *)item.data;
		out_region(address, item.bytes, are_names);
		vm_release(address, item.bytes);
		are_names = 0;
	}
}

/** Reports the results of a successful reply, up to its regions, and files the name among them. */
static void out_reply(uint32_t index, const uint8_t *reply, enum yield yield, int shown)
{
	uint32_t size = ((const struct header *)reply)->size;
	if (size <= REPLY_ITEMS) {
		out_result(index, KERN_SUCCESS);
		return;
	}
	if (yield == YIELD_VALUE)
		answers_add(((const uint32_t *)reply)[REPLY_VALUE / 4]);
	out_answer(index, KERN_SUCCESS, reply, size, REPLY_ITEMS, shown);
}

void report_request(uint32_t index, uint32_t call, enum yield yield, uint32_t error)
{
	const uint8_t *reply = rpc_reply();
	answers_open(call);
	if (error == 0)
		error = rpc_word(REPLY_CODE);
	if (error != 0) {
		out_result(index, error);
		return;
	}
	out_reply(index, reply, yield, 1);
	out_own_regions(reply, ((const struct header *)reply)->size, yield == YIELD_LIST);
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
	if (left > MESSAGE_CAPACITY || left < sizeof(struct header)) {
		out_result(index, result);
		return;
	}
	if (brings_names(thread, result))
		answers_add_message(message, left);
	out_answer(index, result, message, left, 0, shows_regions());
	out_regions_of(thread, message, left, sizeof(struct header));
}

static void report_rights(uint32_t index, uint32_t result)
{
	struct thread *thread = &threads[index];
	const uint8_t *reply = slots[index].message;
	if (result == 0)
		result = ((const uint32_t *)reply)[REPLY_CODE / 4];
	if (result != 0) {
		out_result(index, result);
		return;
	}
	out_reply(index, reply, thread->yield, shows_regions());
	out_regions_of(thread, reply, ((const struct header *)reply)->size, REPLY_ITEMS);
}

/** The result of a trap may be a name: it is reported as a number, whatever it is. */
static void report_trap(uint32_t index, uint32_t result)
{
	out_event(TAG_ERROR, index);
	out_u32(result);
	if (threads[index].yield == YIELD_RESULT)
		answers_add(result);
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
		out_result(index, result != 0 ? result : thread->reply_code);
		break;
	default:
		report_trap(index, result);
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
