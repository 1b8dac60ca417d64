/**
 * What the agent reports, as bytes on the second serial line:
 *
 *     report  = program*
 *     program = step* 0x20 status:u8 detail:u32
 *     step    = event* 0x10
 *     event   = tag:u8 thread:u8, and for tag 1: result:u32 size:u16 byte*
 *                                 for tags 4 and 5: why:u8 code:u32
 *
 * The numbers are little endian. The bytes of an event are the message that came back, and after it the
 * bytes of its items that travelled by reference.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "mach.h"

enum tag {
	TAG_DONE = 1,
	TAG_BLOCKED = 2,
	TAG_ENDED = 3,
	/** The call was not made. */
	TAG_UNSUPPORTED = 4,
	/** The agent failed at something it had to do on the way: nobody can tell what became of the call. */
	TAG_FAILED = 5,
	TAG_STEP = 0x10,
	TAG_PROGRAM = 0x20,
};

enum why {
	WHY_NO_SUCH_THREAD = 1,
	WHY_THREAD_BLOCKED = 2,
	WHY_THREAD_STOPPED = 3,
	WHY_THREAD_IDLES_ONLY = 4,
	WHY_NO_SUCH_TARGET = 5,
	WHY_NO_ANSWER = 6,
	WHY_NOT_WAITING = 7,
	WHY_THREAD_ENDED = 8,
	FAILED_PLACING = 16,
	FAILED_REMOVING = 17,
	FAILED_CHILD = 18,
	FAILED_READING = 19,
	FAILED_RESTING = 20,
};

void out_u8(uint32_t value);
void out_u16(uint32_t value);
void out_u32(uint32_t value);
void out_bytes(const void *bytes, uint32_t size);

#endif
