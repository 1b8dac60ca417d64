/**
 * The address space of a program is small: the last pages of a real one. The fence occupies everything below
 * that the agent itself does not need in a task, so that nothing can be mapped there.
 */
#ifndef FENCE_H
#define FENCE_H

#include "mach.h"

/** Where the program's space begins; 0: the program has no memory. */
void fence_begin(uint32_t window);
int fence_is_up(void);

/** What the agent keeps in a task, pages in ascending order. */
struct kept {
	uint32_t from, to;
};

/**
 * To be called before `task` ends. Where memory is shared, the kernel takes no page out of a task's page table that
 * belongs to an object behind the shared one, and fails some time after the table has gone. Protecting the whole
 * space empties the table.
 */
void fence_empty_table(name_t task);

/** Encloses what is kept in the fresh `task`, and empties the program's space unless that was `inherited`. */
void fence_put_up(name_t task, const struct kept *kept, uint32_t count, int inherited);

#endif
