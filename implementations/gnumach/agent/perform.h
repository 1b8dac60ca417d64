/** Makes one call of a program, lets the system come to rest, and reports what was seen. */
#ifndef PERFORM_H
#define PERFORM_H

#include "mach.h"

/**
 * A call is a record of words:
 *
 *     [kind | thread << 8 | words << 16] …
 *     trap:    [number | count << 8 | references << 16 | flags << 24] argument*
 *     message: options, send size, receive size, receive from, timeout, deadline, notify,
 *              [references | mentions << 16], bytes, mention*, the message
 *     request: [how | yield << 8 | child sort << 16 | target sort << 24], target, child, id,
 *              [complex | mentions << 16], [bytes | region << 16], mention*, the items, the region
 *     time:    nothing more
 *
 * `references` has a bit for each argument (of a message: 1 receive from, 2 notify) that is a reference to an
 * earlier answer. A mention says where in the message a name stands, and whether as a reference.
 */
enum kind { KIND_TRAP = 1, KIND_MESSAGE = 2, KIND_REQUEST = 3, KIND_TIME = 4 };

enum trap_flag {
	/** The result is a name. */
	FLAG_NAME = 1,
	/** The thread may sleep until the next tick: one is to pass. */
	FLAG_TAKES_TIME = 2,
	/** The last argument is a tick to wait to. */
	FLAG_WAITS = 4,
};

/** To be called before the first call of a program. */
void perform_begin(void);
/** Returns 0 when the program cannot go on. */
int perform(uint32_t call, const uint32_t *record);

#endif
