#include "temporary.h"
#include "kernel.h"
#include "rpc.h"

/** Where the search for a free name begins: above what small programs use. */
#define FIRST_CHOICE 40u
#define LAST_CHOICE 65536u

static name_t mentioned[MENTIONED_LIMIT];
static uint32_t mentioned_count;

void mentioned_reset(void)
{
	mentioned_count = 0;
}

void mentioned_add(name_t name)
{
	if (mentioned_count == MENTIONED_LIMIT)
		give_up("a call that mentions too many names", mentioned_count);
	mentioned[mentioned_count++] = name;
}

static int is_mentioned(name_t name)
{
	for (uint32_t at = 0; at < mentioned_count; at++)
		if (mentioned[at] == name)
			return 1;
	return 0;
}

/** Inserts a right under the first name that is free; the error says why there is none. */
static uint32_t insert(name_t task, name_t right, enum type_name disposition, name_t *name)
{
	uint32_t error = KERN_NO_SPACE;
	for (*name = FIRST_CHOICE; *name < LAST_CHOICE; ++*name) {
		if (is_mentioned(*name))
			continue;
		error = port_insert_right(task, *name, right, disposition);
		if (error != KERN_NAME_EXISTS)
			break;
	}
	return error;
}

static uint32_t allocate(name_t task, enum right right, name_t *name)
{
	uint32_t error = KERN_NO_SPACE;
	for (*name = FIRST_CHOICE; *name < LAST_CHOICE; ++*name) {
		if (is_mentioned(*name))
			continue;
		error = port_allocate_name(task, right, *name);
		if (error != KERN_NAME_EXISTS)
			break;
	}
	if (error == 0)
		mentioned_add(*name);
	return error;
}

/** Whether `name` in `task` is a send right for what the agent knows as `port`. */
static int denotes(name_t task, name_t name, name_t port)
{
	rpc_start(PORT_EXTRACT_RIGHT);
	rpc_name(name);
	rpc_integer(TYPE_COPY_SEND);
	if (rpc_call(task) != 0)
		return 0;
	name_t mine = rpc_word(REPLY_VALUE);
	port_deallocate(mach_task_self(), mine);
	return mine == port;
}

/**
 * The name under which `task` already has a send right for `port`. Only names of live send rights are tried:
 * looking at one of those changes nothing, while looking at a dead one would be noticed.
 */
static name_t find(name_t task, name_t port)
{
	const uint32_t count_at = 40, names_at = 44, types_at = 60;
	rpc_start(PORT_NAMES);
	if (rpc_call(task) != 0)
		return NAME_NULL;
	uint32_t count = rpc_word(count_at);
	const name_t *names = (const name_t *)rpc_word(names_at);
	const uint32_t *types = (const uint32_t *)rpc_word(types_at);
	name_t found = NAME_NULL;
	for (uint32_t at = 0; at < count && found == NAME_NULL; at++)
		if ((types[at] & NAME_HAS_SEND) != 0 && denotes(task, names[at], port))
			found = names[at];
	vm_release((uint32_t)names, count * 4);
	vm_release((uint32_t)types, count * 4);
	return found;
}

uint32_t destination_place(name_t task, name_t port, struct destination *destination)
{
	destination->disposition = TYPE_MOVE_SEND;
	destination->is_temporary = 1;
	uint32_t error = insert(task, port, TYPE_COPY_SEND, &destination->name);
	if (error == 0)
		return 0;
	destination->disposition = TYPE_COPY_SEND;
	if (error == KERN_UREFS_OVERFLOW) {
		/* By chance the name is the one the task has for it, with as many references as there can be. */
		destination->is_temporary = 0;
		return 0;
	}
	if (error != KERN_RIGHT_EXISTS)
		/* What the agent knew is dead: the caller gets a dead name, for the kernel to refuse. */
		return allocate(task, RIGHT_DEAD_NAME, &destination->name);
	destination->is_temporary = 0;
	destination->name = find(task, port);
	return destination->name == NAME_NULL ? error : 0;
}

uint32_t destination_remove(name_t task, const struct destination *destination)
{
	return destination->is_temporary ? port_deallocate(task, destination->name) : 0;
}

uint32_t answer_right_place(name_t task, name_t port, name_t *name)
{
	return insert(task, port, TYPE_MAKE_SEND_ONCE, name);
}

uint32_t answer_port_place(name_t task, name_t *name)
{
	return allocate(task, RIGHT_RECEIVE, name);
}

uint32_t answer_port_remove(name_t task, name_t name)
{
	rpc_start(PORT_DESTROY);
	rpc_name(name);
	return rpc_call(task);
}
