#include "perform.h"
#include "answers.h"
#include "cast.h"
#include "clock.h"
#include "kernel.h"
#include "report.h"
#include "request.h"
#include "turn.h"

void perform_begin(void)
{
	turn_reset();
	clock_reset();
}

/** The timeout that makes a wait last to the tick `deadline`. */
static uint32_t milliseconds_to(uint32_t deadline)
{
	uint32_t now = clock_now();
	return (deadline > now ? deadline - now : 1) * MILLISECONDS_PER_TICK;
}

static int perform_trap(uint32_t call, uint32_t index, const uint32_t *record)
{
	uint32_t number = record[1] & 0xff, count = record[1] >> 8 & 0xff;
	uint32_t references = record[1] >> 16 & 0xff, flags = record[1] >> 24;
	uint32_t *arguments = slots[index].arguments;
	const uint32_t patience = 3;
	enum duty duty = number == TOUCH_LOAD || number == TOUCH_STORE ? DUTY_TOUCH : DUTY_TRAP;
	turn_assign(index, duty, call, (flags & FLAG_NAME) != 0 ? YIELD_RESULT : YIELD_NOTHING);
	if (duty == DUTY_TOUCH)
		turn_handles_threads(index);
	for (uint32_t at = 0; at < count; at++)
		arguments[at] = answers_resolve(record[2 + at], references >> at & 1);
	if ((flags & FLAG_WAITS) != 0) {
		threads[index].deadline = arguments[count - 1];
		arguments[count - 1] = milliseconds_to(arguments[count - 1]);
	}
	enum rest rest = turn_order(index, number);
	if ((flags & FLAG_TAKES_TIME) != 0 && rest == REST_BLOCKED) {
		for (uint32_t ticks = 0; ticks < patience && !slots[index].finished; ticks++)
			clock_tick();
		rest = slots[index].finished ? REST_FINISHED : turn_look_closer(index);
	}
	return turn_report(index, rest);
}

static int is_for_the_kernel(uint32_t id)
{
	return id >= 2000 && id < 3000;
}

static int perform_message(uint32_t call, uint32_t index, const uint32_t *record)
{
	enum { OPTIONS = 1, SEND_SIZE, RECEIVE_SIZE, FROM, TIMEOUT, DEADLINE, NOTIFY, COUNTS, BYTES, MENTIONS };
	struct slot *slot = &slots[index];
	uint32_t references = record[COUNTS] & 0xffff, mentions = record[COUNTS] >> 16;
	uint32_t deadline = record[DEADLINE];
	turn_assign(index, DUTY_MESSAGE, call, YIELD_MESSAGE);
	threads[index].options = record[OPTIONS];
	threads[index].deadline = deadline;
	copy_bytes(slot->message, record + MENTIONS + mentions, record[BYTES]);
	answers_fill_in((uint32_t *)slot->message, record + MENTIONS, mentions);
	slot->arguments[0] = (uint32_t)slot->message;
	slot->arguments[1] = record[OPTIONS];
	slot->arguments[2] = record[SEND_SIZE];
	slot->arguments[3] = record[RECEIVE_SIZE];
	slot->arguments[4] = answers_resolve(record[FROM], references & 1);
	slot->arguments[5] = deadline != 0 ? milliseconds_to(deadline) : record[TIMEOUT];
	slot->arguments[6] = answers_resolve(record[NOTIFY], references >> 1 & 1);
	if ((record[OPTIONS] & SEND_MSG) != 0 && is_for_the_kernel(((struct header *)slot->message)->id))
		turn_handles_threads(index);
	return turn_report(index, turn_order(index, TRAP_MACH_MSG));
}

/** Lets time pass until the wait of a thread has expired. */
static int perform_time(uint32_t index)
{
	const uint32_t grace = 2;
	struct thread *thread = &threads[index];
	if (thread->duty == DUTY_NONE || thread->deadline == 0)
		return turn_refuse(index, WHY_NOT_WAITING);
	uint32_t last = (thread->deadline > clock_now() ? thread->deadline : clock_now()) + grace;
	/* The second half of a call waits anew, as long again. */
	for (uint32_t half = 0; half < 2 && !slots[index].finished; half++) {
		while (!slots[index].finished && clock_now() < last)
			clock_tick();
		last += last;
		/* A suspended thread comes back when it is resumed. */
		if (cast_state(thread) != STATE_WAITING)
			break;
	}
	return 1;
}

/** The task whose threads end without a word: that of a caller that has ended, or of those that a request ends. */
static uint32_t silenced(enum kind kind, uint32_t index, const uint32_t *record)
{
	enum { SORTS = 1, TARGET, ID = 4 };
	if (threads[index].part == PART_DRONE)
		return threads[index].task;
	if (kind != KIND_REQUEST || (record[ID] != TASK_TERMINATE && record[ID] != THREAD_TERMINATE))
		return NOBODY;
	enum sort sort = (enum sort)(record[SORTS] >> 24);
	if (sort == SORT_TASK)
		return record[TARGET];
	return sort == SORT_THREAD ? threads[record[TARGET]].task : ALL_TASKS;
}

int perform(uint32_t call, const uint32_t *record)
{
	enum kind kind = (enum kind)(record[0] & 0xff);
	uint32_t index = record[0] >> 8 & 0xff;
	int goes_on;
	enum why why = kind == KIND_TIME ? 0 : turn_hindrance(index);
	if (why != 0)
		goes_on = turn_refuse(index, why);
	else if (kind == KIND_TRAP)
		goes_on = perform_trap(call, index, record);
	else if (kind == KIND_MESSAGE)
		goes_on = perform_message(call, index, record);
	else if (kind == KIND_REQUEST)
		goes_on = request_perform(call, index, record);
	else
		goes_on = perform_time(index);
	report_woken();
	if (!turn_see_fallen(index, silenced(kind, index, record)))
		goes_on = 0;
	out_u8(TAG_STEP);
	return goes_on;
}
