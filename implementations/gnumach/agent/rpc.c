#include "rpc.h"
#include "kernel.h"
#include "message.h"

/** The kernel's replies never have more. */
#define CAPACITY 16384u

static union {
	struct header header;
	uint32_t words[CAPACITY / 4];
	uint8_t bytes[CAPACITY];
} buffer;
static uint32_t length;
static name_t reply_port;

void rpc_init(void)
{
	reply_port = mach_reply_port();
}

void rpc_start(uint32_t id)
{
	buffer.header.bits = BITS_OF(TYPE_COPY_SEND, TYPE_MAKE_SEND_ONCE);
	buffer.header.id = id;
	length = sizeof buffer.header;
}

static void put(uint32_t word)
{
	buffer.words[length / 4] = word;
	length += 4;
}

void rpc_integer(uint32_t value)
{
	rpc_integers(&value, 1);
}

void rpc_integers(const uint32_t *values, uint32_t number)
{
	put(descriptor(TYPE_INTEGER_32, 32, number));
	for (uint32_t at = 0; at < number; at++)
		put(values[at]);
}

void rpc_boolean(int value)
{
	put(descriptor(TYPE_BOOLEAN, 32, 1));
	put((uint32_t)value);
}

void rpc_name(name_t name)
{
	put(descriptor(TYPE_PORT_NAME, 32, 1));
	put(name);
}

void rpc_short(uint32_t value)
{
	put(descriptor(TYPE_INTEGER_16, 16, 1));
	put(value);
}

void rpc_right(name_t name, enum type_name disposition)
{
	buffer.header.bits |= BITS_COMPLEX;
	put(descriptor(disposition, 32, 1));
	put(name);
}

void rpc_text(const char *text)
{
	const uint32_t room = 128;
	uint8_t *to = buffer.bytes + length + 12;
	put(1u << 28 | 1u << 29);
	put(TYPE_STRING_C | room * 8 << 16);
	put(1);
	clear_bytes(to, room);
	for (uint32_t at = 0; text[at] != 0; at++)
		to[at] = (uint8_t)text[at];
	length += room;
}

void rpc_region(const void *bytes, uint32_t size)
{
	buffer.header.bits |= BITS_COMPLEX;
	put(1u << 29);
	put(TYPE_BYTE | 8u << 16);
	put(size);
	put((uint32_t)bytes);
}

void rpc_raw(const void *items, uint32_t size, int is_complex)
{
	if (is_complex)
		buffer.header.bits |= BITS_COMPLEX;
	copy_bytes(buffer.bytes + length, items, size);
	length += size;
}

uint32_t rpc_exchange(name_t port)
{
	buffer.header.remote = port;
	buffer.header.local = reply_port;
	return mach_msg(&buffer, SEND_MSG | RCV_MSG, length, sizeof buffer, reply_port);
}

uint32_t rpc_call(name_t port)
{
	uint32_t error = rpc_exchange(port);
	return error != 0 ? error : rpc_word(REPLY_CODE);
}

int rpc_take(name_t port)
{
	return mach_msg(&buffer, RCV_MSG | RCV_TIMEOUT, 0, sizeof buffer, port) == 0;
}

uint32_t rpc_word(uint32_t at)
{
	return buffer.words[at / 4];
}

const uint8_t *rpc_reply(void)
{
	return buffer.bytes;
}
