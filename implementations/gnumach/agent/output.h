/**
 * What the agent reports, as bytes on the second serial line:
 *
 *     report  = program*
 *     program = step* 0x20 status:u8 detail:u32
 *     step    = event* 0x10
 *     event   = 1 thread:u8                                        came back with success
 *             | 2 thread:u8 result:u32                             came back with an error, or a number
 *             | 3 thread:u8 result:u32 n:u16 m:u16 word^n word^m   came back with words
 *             | 4 thread:u8                                        waits
 *             | 5 thread:u8                                        is no more
 *             | 6 thread:u8 why:u8 code:u32                        could not make the call
 *             | 7 thread:u8 why:u8 code:u32                        nobody can tell
 *
 * The numbers are little endian. The n words are a message, or the results of a reply; the m words are what
 * their items refer to. It is kept this short because the emulator hands on every byte by itself.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "mach.h"

enum tag {
	TAG_SUCCESS = 1,
	TAG_ERROR = 2,
	TAG_ANSWER = 3,
	TAG_BLOCKED = 4,
	TAG_ENDED = 5,
	/** The call was not made. */
	TAG_UNSUPPORTED = 6,
	/** The agent failed at something it had to do on the way: nobody can tell what became of the call. */
	TAG_FAILED = 7,
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
	WHY_CHILD_EXISTS = 9,
	WHY_SEVERAL_ENDED = 10,
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
