#include "fence.h"
#include "kernel.h"
#include "rpc.h"

/** Where every address space ends. */
#define END_OF_SPACE 0xc0000000u

static uint32_t window;

void fence_begin(uint32_t start)
{
	window = start;
}

int fence_is_up(void)
{
	return window != 0;
}

static void occupy(name_t task, uint32_t from, uint32_t to)
{
	const uint32_t no_access = 0, nowhere_else = 0;
	if (from == to)
		return;
	rpc_start(VM_MAP);
	rpc_integer(from);
	rpc_integer(to - from);
	rpc_integer(0);
	rpc_boolean(nowhere_else);
	rpc_right(NAME_NULL, TYPE_COPY_SEND);
	rpc_integer(0);
	rpc_boolean(0);
	rpc_integer(no_access);
	rpc_integer(no_access);
	rpc_integer(INHERIT_NONE);
	uint32_t error = rpc_call(task);
	if (error != 0)
		give_up("vm_map", error);
}

static void empty(name_t task)
{
	rpc_start(VM_DEALLOCATE);
	rpc_integer(window);
	rpc_integer(END_OF_SPACE - window);
	uint32_t error = rpc_call(task);
	if (error != 0)
		give_up("vm_deallocate", error);
}

static void allocate_page(name_t task, uint32_t address)
{
	rpc_start(VM_ALLOCATE);
	rpc_integer(address);
	rpc_integer(PAGE);
	rpc_boolean(0);
	rpc_call(task);
}

void fence_empty_table(name_t task)
{
	const uint32_t no_access = 0;
	/* What is mapped already stays as it is. */
	for (uint32_t page = window; page < END_OF_SPACE; page += PAGE)
		allocate_page(task, page);
	rpc_start(VM_PROTECT);
	rpc_integer(window);
	rpc_integer(END_OF_SPACE - window);
	rpc_boolean(0);
	rpc_integer(no_access);
	rpc_call(task);
}

void fence_put_up(name_t task, const struct kept *kept, uint32_t count, int inherited)
{
	uint32_t from = 0;
	for (uint32_t at = 0; at < count; at++) {
		occupy(task, from, kept[at].from);
		from = kept[at].to;
	}
	occupy(task, from, window);
	if (!inherited)
		empty(task);
}
