/** Requests to the kernel that a program makes, through whoever can make them truthfully. */
#ifndef REQUEST_H
#define REQUEST_H

#include "mach.h"

enum how {
	/** The agent sends it. */
	HOW_AGENT = 0,
	/** The thread sends it, the agent takes the reply. */
	HOW_THREAD = 1,
	/** The thread sends it and takes the reply, which brings rights into its task. */
	HOW_THREAD_RECEIVES = 2,
};

enum sort { SORT_NONE = 0, SORT_TASK = 1, SORT_THREAD = 2, SORT_NAME = 3, SORT_REFERENCE = 4 };

void request_init(void);
/** Makes the request in `record` for thread `index` and reports it; 0 when the program cannot go on. */
int request_perform(uint32_t call, uint32_t index, const uint32_t *record);
/** Takes in what is still on its way when the program's tasks have ended. */
void request_drain(void);

#endif
