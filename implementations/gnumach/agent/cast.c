#include "cast.h"
#include "fence.h"
#include "kernel.h"
#include "rpc.h"

struct task tasks[TASKS];
struct thread threads[THREADS];

static uint32_t names_at_rest;

/** How many names the agent has. */
static uint32_t count_names(void)
{
	const uint32_t count_at = 40, names_at = 44, types_at = 60;
	rpc_start(PORT_NAMES);
	uint32_t error = rpc_call(mach_task_self());
	if (error != 0)
		give_up("mach_port_names", error);
	uint32_t count = rpc_word(count_at);
	uint32_t names = rpc_word(names_at), types = rpc_word(types_at);
	vm_release(names, count * 4);
	vm_release(types, count * 4);
	return count;
}

void cast_init(void)
{
	names_at_rest = count_names();
}

static name_t make_task(void)
{
	rpc_start(TASK_CREATE);
	rpc_boolean(1);
	uint32_t error = rpc_call(mach_task_self());
	if (error != 0)
		give_up("task_create", error);
	return rpc_word(REPLY_VALUE);
}

static name_t make_thread(name_t task)
{
	rpc_start(THREAD_CREATE);
	uint32_t error = rpc_call(task);
	if (error != 0)
		give_up("thread_create", error);
	return rpc_word(REPLY_VALUE);
}

static void resume(name_t thread)
{
	rpc_start(THREAD_RESUME);
	uint32_t error = rpc_call(thread);
	if (error != 0)
		give_up("thread_resume", error);
}

void cast_enter(uint32_t count, const uint16_t *thread_counts)
{
	uint32_t thread = 0;
	for (uint32_t task = 0; task < count; task++) {
		tasks[task].port = make_task();
		tasks[task].has_slots = 1;
		if (fence_is_up())
			worker_fence(tasks[task].port, 1, 0);
		for (uint32_t member = 0; member < thread_counts[task]; member++, thread++) {
			uint32_t error = cast_add_thread(thread, make_thread(tasks[task].port), task);
			if (error != 0)
				give_up("thread_set_state", error);
			resume(threads[thread].port);
		}
	}
}

uint32_t cast_add_task(uint32_t index, name_t port)
{
	tasks[index].port = port;
	tasks[index].has_slots = worker_fits(port);
	uint32_t error = tasks[index].has_slots ? 0 : drone_place(port);
	if (error == 0 && fence_is_up())
		worker_fence(port, tasks[index].has_slots, 1);
	return error;
}

uint32_t cast_add_thread(uint32_t index, name_t port, uint32_t task)
{
	struct thread *thread = &threads[index];
	clear_bytes(thread, sizeof *thread);
	thread->port = port;
	thread->task = task;
	thread->part = task != NOBODY && tasks[task].has_slots ? PART_WORKER : PART_DRONE;
	return thread->part == PART_WORKER ? worker_prepare(index, port) : drone_prepare(port);
}

uint32_t cast_task_known_as(name_t port)
{
	for (uint32_t task = 0; task < TASKS; task++)
		if (tasks[task].port == port)
			return task;
	return NOBODY;
}

uint32_t cast_size(void)
{
	uint32_t size = 0;
	for (uint32_t thread = 0; thread < THREADS; thread++)
		if (threads[thread].part != PART_NONE)
			size++;
	return size;
}

enum run_state cast_state(const struct thread *thread)
{
	const uint32_t basic_info = 1, room = 20, state_at = REPLY_VALUE + 7 * 4;
	rpc_start(THREAD_INFO);
	rpc_integer(basic_info);
	rpc_integer(room);
	return rpc_call(thread->port) == 0 ? (enum run_state)rpc_word(state_at) : 0;
}

uint32_t cast_leave(void)
{
	name_t self = mach_task_self();
	for (uint32_t task = 0; task < TASKS; task++) {
		if (tasks[task].port == NAME_NULL)
			continue;
		if (fence_is_up())
			fence_empty_table(tasks[task].port);
		rpc_start(TASK_TERMINATE);
		rpc_call(tasks[task].port);
		port_deallocate(self, tasks[task].port);
		tasks[task].port = NAME_NULL;
	}
	for (uint32_t thread = 0; thread < THREADS; thread++) {
		if (threads[thread].part == PART_NONE)
			continue;
		port_deallocate(self, threads[thread].port);
		threads[thread].part = PART_NONE;
		threads[thread].duty = DUTY_NONE;
	}
	return count_names() - names_at_rest;
}
