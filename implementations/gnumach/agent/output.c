#include "output.h"
#include "ports.h"

#define SERIAL_DATA 0x2f8

void out_u8(uint32_t value)
{
	/* The emulated line takes every byte at once, so its readiness need not be asked. */
	port_write(SERIAL_DATA, (uint8_t)value);
}

void out_u16(uint32_t value)
{
	out_u8(value);
	out_u8(value >> 8);
}

void out_u32(uint32_t value)
{
	out_u16(value);
	out_u16(value >> 16);
}

void out_bytes(const void *bytes, uint32_t size)
{
	const uint8_t *from = bytes;
	for (uint32_t at = 0; at < size; at++)
		out_u8(from[at]);
}
