#include "turn.h"
#include "kernel.h"
#include "report.h"

/** Whether a thread may have been suspended or ended: then a caller must be looked at first. */
static int disturbed;

void turn_reset(void)
{
	disturbed = 0;
}

enum why turn_hindrance(uint32_t index)
{
	struct thread *thread = &threads[index];
	if (thread->part == PART_NONE)
		return WHY_NO_SUCH_THREAD;
	if (thread->duty != DUTY_NONE)
		return WHY_THREAD_BLOCKED;
	if (disturbed) {
		enum run_state state = cast_state(thread);
		if (state == 0)
			return WHY_THREAD_ENDED;
		if (state != STATE_RUNNING)
			return WHY_THREAD_STOPPED;
	}
	return thread->part == PART_WORKER ? 0 : WHY_THREAD_IDLES_ONLY;
}

void turn_assign(uint32_t index, enum duty duty, uint32_t call, enum yield yield)
{
	struct thread *thread = &threads[index];
	thread->duty = duty;
	thread->call = call;
	thread->yield = yield;
	thread->deadline = 0;
	thread->handles_threads = 0;
}

void turn_handles_threads(uint32_t index)
{
	disturbed = 1;
	threads[index].handles_threads = 1;
}

/**
 * How often the idle threads must have had their turn before a thread that has not come back counts as
 * waiting. Mostly never, since they change nothing. But ending or aborting threads takes long: the kernel
 * lets each of them run to a place to stop at, one after the other, while the thread that asked for it waits.
 */
static uint32_t rounds_for(const struct thread *thread)
{
	return thread->handles_threads ? 2 * cast_size() + 2 : 0;
}

enum rest turn_look_closer(uint32_t index)
{
	const uint32_t patience = 16;
	for (uint32_t rounds = rounds_for(&threads[index]); rounds > 0 && !slots[index].finished; rounds--)
		workers_drain();
	for (uint32_t tries = 0; tries < patience && !slots[index].finished; tries++) {
		enum run_state state = cast_state(&threads[index]);
		if (state == 0)
			return REST_ENDED;
		if (state != STATE_RUNNING)
			return slots[index].ordered ? REST_NOT_STARTED : REST_BLOCKED;
		/* It has given up the processor to whoever wants it: the agent gives it back. */
		thread_switch(threads[index].port, SWITCH_NONE);
		workers_drain();
	}
	return slots[index].finished ? REST_FINISHED : REST_UNCLEAR;
}

enum rest turn_order(uint32_t index, uint32_t number)
{
	worker_order(index, threads[index].port, number);
	return slots[index].finished ? REST_FINISHED : turn_look_closer(index);
}

void turn_cancel(uint32_t index)
{
	slots[index].ordered = 0;
	threads[index].duty = DUTY_NONE;
}

/** A thread of the program that is no more. The others of its task may still be on their way to their end. */
static void bury(uint32_t index)
{
	turn_cancel(index);
	threads[index].part = PART_DRONE;
	for (uint32_t rounds = 2 * cast_size() + 2; rounds > 0; rounds--)
		workers_drain();
}

int turn_report(uint32_t index, enum rest rest)
{
	switch (rest) {
	case REST_FINISHED:
		report_done(index);
		return 1;
	case REST_BLOCKED:
		report_blocked(index);
		return 1;
	case REST_ENDED:
		bury(index);
		report_ended(index);
		return 1;
	case REST_NOT_STARTED:
		turn_cancel(index);
		report_problem(TAG_UNSUPPORTED, index, WHY_THREAD_STOPPED, 0);
		return 0;
	default:
		report_problem(TAG_FAILED, index, FAILED_RESTING, 0);
		return 0;
	}
}

static int has_fallen(uint32_t index)
{
	struct thread *thread = &threads[index];
	return thread->part != PART_NONE && thread->duty == DUTY_TOUCH && cast_state(thread) == 0;
}

/** Those that a fallen thread has taken along, and that take their time. */
static void bury_with(uint32_t fallen)
{
	for (uint32_t index = 0; index < THREADS; index++)
		if (threads[index].task == threads[fallen].task && has_fallen(index))
			bury(index);
}

int turn_see_fallen(uint32_t caller, uint32_t silent)
{
	uint32_t fallen = NOBODY, count = 0;
	for (uint32_t index = 0; index < THREADS; index++) {
		if (!has_fallen(index))
			continue;
		bury(index);
		if (silent == ALL_TASKS || threads[index].task == silent)
			continue;
		fallen = index;
		count++;
	}
	if (count == 0)
		return 1;
	if (count > 1)
		return turn_refuse(caller, WHY_SEVERAL_ENDED);
	report_ended(fallen);
	bury_with(fallen);
	return 1;
}

int turn_refuse(uint32_t index, enum why why)
{
	report_problem(TAG_UNSUPPORTED, index, why, 0);
	return 0;
}

int turn_fail(uint32_t index, enum why why, uint32_t code)
{
	report_problem(TAG_FAILED, index, why, code);
	return 0;
}
