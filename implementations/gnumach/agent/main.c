/**
 * The agent: the only user task on the machine. It reads a batch of programs from the RAM disk, runs each
 * with fresh tasks and threads, writes what happened to the second serial line, and switches the machine off.
 */
#include "answers.h"
#include "cast.h"
#include "clock.h"
#include "fence.h"
#include "input.h"
#include "kernel.h"
#include "output.h"
#include "perform.h"
#include "ports.h"
#include "request.h"
#include "rpc.h"
#include "worker.h"

#define BATCH_MAGIC 0x50524f31u

/** Below the threads under test, which start at 25, and above those that idle, at 63. */
#define AGENT_PRIORITY 45u

enum status { STATUS_COMPLETE = 0, STATUS_STOPPED = 1, STATUS_LEAKED = 2 };

static uint32_t parse_number(const char *text)
{
	uint32_t value = 0;
	while (*text >= '0' && *text <= '9')
		value = value * 10 + (uint32_t)(*text++ - '0');
	return value;
}

static void lower_own_priority(void)
{
	rpc_start(THREAD_PRIORITY);
	rpc_integer(AGENT_PRIORITY);
	rpc_boolean(0);
	uint32_t error = rpc_call(mach_thread_self());
	if (error != 0)
		give_up("thread_priority", error);
}

/**
 * A program: [bytes], [tasks | calls << 16], where its memory begins or 0, the number of threads of each task as
 * 16 bits, its calls.
 */
static void run_program(void)
{
	uint32_t bytes = *(const uint32_t *)input_take(4);
	const uint32_t *record = input_take(bytes);
	uint32_t task_count = record[0] & 0xffff, calls = record[0] >> 16;
	const uint16_t *thread_counts = (const uint16_t *)(record + 2);
	enum status status = STATUS_COMPLETE;
	answers_reset(calls);
	perform_begin();
	fence_begin(record[1]);
	cast_enter(task_count, thread_counts);
	record += 2 + (task_count + 1) / 2;
	for (uint32_t call = 0; call < calls && status == STATUS_COMPLETE; call++) {
		if (!perform(call, record))
			status = STATUS_STOPPED;
		record += record[0] >> 16;
	}
	uint32_t strays = cast_leave();
	request_drain();
	out_u8(TAG_PROGRAM);
	out_u8(strays != 0 ? STATUS_LEAKED : status);
	out_u32(strays);
}

static void switch_off(name_t host)
{
	rpc_start(HOST_REBOOT);
	rpc_integer(0);
	give_up("host_reboot", rpc_call(host));
}

/** Entered with argc, argv[] and the rest as they lie on the first stack. */
void start(const uint32_t *stack)
{
	const char *const *arguments = (const char *const *)(stack + 1);
	name_t host = parse_number(arguments[1]), device_master = parse_number(arguments[2]);
	rpc_init();
	ports_init(device_master);
	input_init(device_master);
	workers_init();
	lower_own_priority();
	request_init();
	const uint32_t *batch = input_take(8);
	uint32_t programs = batch[1];
	if (batch[0] != BATCH_MAGIC)
		give_up("not a batch", batch[0]);
	clock_stop();
	cast_init();
	for (uint32_t program = 0; program < programs; program++)
		run_program();
	switch_off(host);
}
