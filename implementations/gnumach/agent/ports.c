#include "ports.h"
#include "kernel.h"
#include "rpc.h"

static void permit(name_t device_master, uint32_t from, uint32_t to)
{
	rpc_start(IO_PERM_CREATE);
	rpc_short(from);
	rpc_short(to);
	uint32_t error = rpc_call(device_master);
	if (error != 0)
		give_up("i386_io_perm_create", error);
	name_t permission = rpc_word(REPLY_VALUE);
	rpc_start(IO_PERM_MODIFY);
	rpc_right(permission, TYPE_COPY_SEND);
	rpc_boolean(1);
	error = rpc_call(mach_task_self());
	if (error != 0)
		give_up("i386_io_perm_modify", error);
}

void ports_init(name_t device_master)
{
	permit(device_master, 0x40, 0x43);
	permit(device_master, 0x2f8, 0x2ff);
}
