/**
 * Names that the agent puts into a task under test for the length of one call, so that a thread there can
 * send a request to a task or thread it has no name for, and get an answer.
 *
 * The agent chooses them, free ones that the call does not mention, and they are gone when the call is
 * reported. The right to send the request with is moved into it, and so is the right to answer it: while the
 * kernel carries out the request, no trace of either is left.
 */
#ifndef TEMPORARY_H
#define TEMPORARY_H

#include "mach.h"

#define MENTIONED_LIMIT 512u

/** The names the call at hand mentions; none of them is chosen. */
void mentioned_reset(void);
void mentioned_add(name_t name);

/** A name to send to, the disposition to give it, and whether it was put there for that. */
struct destination {
	name_t name;
	enum type_name disposition;
	int is_temporary;
};

/** Makes `task` able to send to what the agent knows as `port`. Returns 0 when it has. */
uint32_t destination_place(name_t task, name_t port, struct destination *destination);
/** Takes the name out again, if the send has left it there. */
uint32_t destination_remove(name_t task, const struct destination *destination);

/** Gives `task` a send-once right to the agent's port `port`. Returns 0 and the name when it has. */
uint32_t answer_right_place(name_t task, name_t port, name_t *name);

/** Gives `task` a fresh port to receive an answer on. Returns 0 and the name when it has. */
uint32_t answer_port_place(name_t task, name_t *name);
uint32_t answer_port_remove(name_t task, name_t name);

#endif
