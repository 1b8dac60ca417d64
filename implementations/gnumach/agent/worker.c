#include "worker.h"
#include "fence.h"
#include "kernel.h"
#include "rpc.h"

struct slot slots[SLOTS] __attribute__((aligned(PAGE)));
_Static_assert(sizeof(struct slot) == SLOT_BYTES, "a slot fills its pages");

/** The bounds of the section `worker`, which the linker knows. */
extern const uint8_t __start_worker[], __stop_worker[];

/** Where a drone's page lies: code, and at its end the stack. */
#define DRONE_PAGE 0x20000000u
#define DRONE_STACK (DRONE_PAGE + PAGE - 64u)
#define REGISTERS 17u
#define THREAD_STATE 1u
enum { REGISTER_EIP = 12, REGISTER_USER_ESP = 15 };

/** How many finished before, counted where every worker can. */
static volatile uint32_t *const finished_count = &slots[0].spare[0];

/** Reads or writes the byte at an address. */
__attribute__((section("worker"), noinline))
static uint32_t touch(uint32_t number, const uint32_t *arguments)
{
	volatile uint8_t *byte = (volatile uint8_t *)arguments[0];
	if (number == TOUCH_LOAD)
		return *byte;
	*byte = (uint8_t)arguments[1];
	return 0;
}

/** What a worker does all its life. Its argument comes from `worker_prepare`. */
__attribute__((section("worker"), noreturn, used))
static void work(struct slot *slot, volatile uint32_t *count)
{
	for (;;) {
		if (!slot->ordered) {
			uint32_t idle[7];
			idle[0] = NAME_NULL;
			idle[1] = SWITCH_DEPRESS;
			idle[2] = 0;
			trap(TRAP_THREAD_SWITCH, idle);
			continue;
		}
		slot->ordered = 0;
		if (slot->number == TOUCH_LOAD || slot->number == TOUCH_STORE)
			slot->result = touch(slot->number, slot->arguments);
		else
			slot->result = trap(slot->number, slot->arguments);
		slot->order = ++*count;
		slot->finished = 1;
	}
}

static void inherit(uint32_t from, uint32_t to, enum inheritance inheritance)
{
	rpc_start(VM_INHERIT);
	rpc_integer(from & ~(PAGE - 1));
	rpc_integer(((to + PAGE - 1) & ~(PAGE - 1)) - (from & ~(PAGE - 1)));
	rpc_integer(inheritance);
	uint32_t error = rpc_call(mach_task_self());
	if (error != 0)
		give_up("vm_inherit", error);
}

void workers_init(void)
{
	const uint32_t whole = 0xbffff000u;
	inherit(0, whole, INHERIT_NONE);
	inherit((uint32_t)__start_worker, (uint32_t)__stop_worker, INHERIT_SHARE);
	inherit((uint32_t)slots, (uint32_t)(slots + SLOTS), INHERIT_SHARE);
}

static uint32_t allocate(name_t task, uint32_t address)
{
	rpc_start(VM_ALLOCATE);
	rpc_integer(address);
	rpc_integer(PAGE);
	rpc_boolean(0);
	return rpc_call(task);
}

int worker_fits(name_t task)
{
	uint32_t address = (uint32_t)slots;
	if (allocate(task, address) == KERN_NO_SPACE)
		return 1;
	rpc_start(VM_DEALLOCATE);
	rpc_integer(address);
	rpc_integer(PAGE);
	rpc_call(task);
	return 0;
}

static uint32_t page_of(const void *address)
{
	return (uint32_t)address & ~(PAGE - 1);
}

void worker_fence(name_t task, int has_slots, int inherited)
{
	const struct kept shared[2] = {
		{page_of(__start_worker), page_of(__stop_worker + PAGE - 1)},
		{page_of(slots), page_of(slots + SLOTS)},
	};
	const struct kept drone[1] = {{DRONE_PAGE, DRONE_PAGE + PAGE}};
	if (has_slots)
		fence_put_up(task, shared, 2, inherited);
	else
		fence_put_up(task, drone, 1, inherited);
}

static uint32_t set_registers(name_t thread, uint32_t instruction, uint32_t stack)
{
	uint32_t registers[REGISTERS] = {0};
	registers[REGISTER_EIP] = instruction;
	registers[REGISTER_USER_ESP] = stack;
	rpc_start(THREAD_SET_STATE);
	rpc_integer(THREAD_STATE);
	rpc_integers(registers, REGISTERS);
	return rpc_call(thread);
}

uint32_t worker_prepare(uint32_t index, name_t thread)
{
	struct slot *slot = &slots[index];
	slot->ordered = 0;
	slot->finished = 0;
	uint32_t *top = (uint32_t *)(slot->stack + SLOT_STACK);
	top[-1] = (uint32_t)finished_count;
	top[-2] = (uint32_t)slot;
	top[-3] = 0;
	return set_registers(thread, (uint32_t)work, (uint32_t)(top - 3));
}

/**
 * The drone's code, position independent: thread_switch(0, depress, 0) for ever. A drone needs no memory but
 * its stack, which holds the three arguments from the start.
 */
static const uint8_t drone_code[] = {
	0xb8, 0xc3, 0xff, 0xff, 0xff,             /* movl $-61, %eax */
	0x9a, 0x00, 0x00, 0x00, 0x00, 0x07, 0x00, /* lcall $7, $0 */
	0xeb, 0xf2,                               /* jmp to the beginning */
};

uint32_t drone_place(name_t task)
{
	static uint8_t page[PAGE] __attribute__((aligned(PAGE)));
	copy_bytes(page, drone_code, sizeof drone_code);
	uint32_t *stack = (uint32_t *)(page + (DRONE_STACK - DRONE_PAGE));
	stack[2] = SWITCH_DEPRESS;
	uint32_t error = allocate(task, DRONE_PAGE);
	/* A task that inherited from one with a drone's page has a copy of it. */
	if (error != 0)
		return error == KERN_NO_SPACE ? 0 : error;
	rpc_start(VM_WRITE);
	rpc_integer(DRONE_PAGE);
	rpc_region(page, PAGE);
	return rpc_call(task);
}

uint32_t drone_prepare(name_t thread)
{
	return set_registers(thread, DRONE_PAGE, DRONE_STACK);
}

void worker_order(uint32_t index, name_t thread, uint32_t number)
{
	struct slot *slot = &slots[index];
	slot->number = number;
	slot->finished = 0;
	slot->ordered = 1;
	thread_switch(thread, SWITCH_NONE);
}

void workers_drain(void)
{
	thread_switch(NAME_NULL, SWITCH_DEPRESS);
}
