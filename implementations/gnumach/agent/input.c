#include "input.h"
#include "kernel.h"
#include "message.h"
#include "rpc.h"

#define BLOCK 512u
#define CHUNK (64u * 1024u)

static name_t disk;
static uint32_t next_block;
static uint8_t window[RECORD_LIMIT + CHUNK];
static uint32_t from, to;

void input_init(name_t device_master)
{
	const uint32_t for_reading = 1;
	rpc_start(DEVICE_OPEN);
	rpc_integer(for_reading);
	rpc_text("rd0");
	uint32_t error = rpc_call(device_master);
	if (error != 0)
		give_up("device_open rd0", error);
	disk = rpc_word(REPLY_VALUE);
}

/** Reads one chunk to the end of the window. */
static void refill(void)
{
	struct item item;
	uint32_t at = REPLY_ITEMS;
	rpc_start(DEVICE_READ);
	rpc_integer(0);
	rpc_integer(next_block);
	rpc_integer(CHUNK);
	uint32_t error = rpc_call(disk);
	if (error != 0 || !next_item(rpc_reply(), at + 16, &at, &item))
		give_up("device_read rd0", error);
	uint32_t address = *(const uint32_t *)item.data;
	if (item.bytes == 0)
		give_up("the batch ends too early", next_block);
	copy_bytes(window + to, (const void *)address, item.bytes);
	vm_release(address, item.bytes);
	next_block += item.bytes / BLOCK;
	to += item.bytes;
}

const void *input_take(uint32_t size)
{
	if (size > RECORD_LIMIT)
		give_up("a record is too large", size);
	if (to - from < size) {
		copy_bytes(window, window + from, to - from);
		to -= from;
		from = 0;
		while (to < size)
			refill();
	}
	const void *taken = window + from;
	from += size;
	return taken;
}
