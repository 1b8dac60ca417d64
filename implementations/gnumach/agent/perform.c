#include "perform.h"
#include "answers.h"
#include "cast.h"
#include "clock.h"
#include "kernel.h"
#include "report.h"
#include "rpc.h"
#include "temporary.h"

/** Where replies to requests of the threads arrive at the agent. */
static name_t reply_port;
/** Whether a thread may have been suspended or ended: then a caller must be looked at first. */
static int disturbed;

void perform_init(void)
{
	reply_port = mach_reply_port();
}

void perform_begin(void)
{
	disturbed = 0;
	clock_reset();
}

void perform_end(void)
{
	while (rpc_take(reply_port))
		continue;
}

/** How a thread stands when everything that could run has run. */
enum rest { REST_FINISHED, REST_BLOCKED, REST_ENDED, REST_NOT_STARTED, REST_UNCLEAR };

/**
 * How often the idle threads must have had their turn before a thread that has not come back counts as
 * waiting. Ending or aborting threads takes long: the kernel lets each of them run to a place to stop at, one
 * after the other, while the thread that asked for it waits.
 */
static uint32_t rounds_for(const struct thread *thread)
{
	const uint32_t few = 2;
	return thread->handles_threads ? few * cast_size() + few : few;
}

static enum rest look_closer(uint32_t index)
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

static enum rest order(uint32_t index, uint32_t number)
{
	worker_order(index, threads[index].port, number);
	return slots[index].finished ? REST_FINISHED : look_closer(index);
}

/** Takes the order back. */
static void cancel(uint32_t index)
{
	slots[index].ordered = 0;
	threads[index].duty = DUTY_NONE;
}

/** Reports what became of the order; 0 when the program cannot go on. */
static int report_rest(uint32_t index, enum rest rest)
{
	switch (rest) {
	case REST_FINISHED:
		report_done(index);
		return 1;
	case REST_BLOCKED:
		report_blocked(index);
		return 1;
	case REST_ENDED:
		cancel(index);
		threads[index].part = PART_DRONE;
		report_ended(index);
		return 1;
	case REST_NOT_STARTED:
		cancel(index);
		report_problem(TAG_UNSUPPORTED, index, WHY_THREAD_STOPPED, 0);
		return 0;
	default:
		report_problem(TAG_FAILED, index, FAILED_RESTING, 0);
		return 0;
	}
}

static int refuse(uint32_t index, enum why why)
{
	report_problem(TAG_UNSUPPORTED, index, why, 0);
	return 0;
}

static int fail(uint32_t index, enum why why, uint32_t code)
{
	report_problem(TAG_FAILED, index, why, code);
	return 0;
}

/** Why `index` cannot make a call now, or 0. */
static enum why hindrance(uint32_t index)
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

static void assign(uint32_t index, enum duty duty, uint32_t call, enum yield yield)
{
	struct thread *thread = &threads[index];
	thread->duty = duty;
	thread->call = call;
	thread->yield = yield;
	thread->deadline = 0;
	thread->handles_threads = 0;
}

/** The call at hand may suspend, abort or end threads. */
static void handles_threads(uint32_t index)
{
	disturbed = 1;
	threads[index].handles_threads = 1;
}

static name_t resolve(uint32_t word, int is_reference)
{
	return is_reference ? answers_find(word) : word;
}

/** Puts the names and addresses into a message and remembers the names as mentioned. */
static void fill_in(uint32_t *message, const uint32_t *mentions, uint32_t count)
{
	for (uint32_t at = 0; at < count; at++) {
		uint32_t *word = message + (mentions[at] & 0xffff) / 4;
		enum mention_sort sort = (enum mention_sort)(mentions[at] >> 16);
		if (sort == MENTION_ADDRESS) {
			*word += (uint32_t)message;
			continue;
		}
		*word = resolve(*word, sort == MENTION_REFERENCE);
		mentioned_add(*word);
	}
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
	assign(index, DUTY_TRAP, call, (flags & FLAG_NAME) != 0 ? YIELD_RESULT : YIELD_NOTHING);
	for (uint32_t at = 0; at < count; at++)
		arguments[at] = resolve(record[2 + at], references >> at & 1);
	if ((flags & FLAG_WAITS) != 0) {
		threads[index].deadline = arguments[count - 1];
		arguments[count - 1] = milliseconds_to(arguments[count - 1]);
	}
	enum rest rest = order(index, number);
	if ((flags & FLAG_TAKES_TIME) != 0 && rest == REST_BLOCKED) {
		for (uint32_t ticks = 0; ticks < patience && !slots[index].finished; ticks++)
			clock_tick();
		rest = slots[index].finished ? REST_FINISHED : look_closer(index);
	}
	return report_rest(index, rest);
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
	assign(index, DUTY_MESSAGE, call, YIELD_MESSAGE);
	threads[index].options = record[OPTIONS];
	threads[index].deadline = deadline;
	copy_bytes(slot->message, record + MENTIONS + mentions, record[BYTES]);
	fill_in((uint32_t *)slot->message, record + MENTIONS, mentions);
	slot->arguments[0] = (uint32_t)slot->message;
	slot->arguments[1] = record[OPTIONS];
	slot->arguments[2] = record[SEND_SIZE];
	slot->arguments[3] = record[RECEIVE_SIZE];
	slot->arguments[4] = resolve(record[FROM], references & 1);
	slot->arguments[5] = deadline != 0 ? milliseconds_to(deadline) : record[TIMEOUT];
	slot->arguments[6] = resolve(record[NOTIFY], references >> 1 & 1);
	if ((record[OPTIONS] & SEND_MSG) != 0 && is_for_the_kernel(((struct header *)slot->message)->id))
		handles_threads(index);
	return report_rest(index, order(index, TRAP_MACH_MSG));
}

/** A request record, taken apart. */
struct request {
	enum how how;
	enum yield yield;
	enum sort child_sort, target_sort;
	uint32_t target, child, id;
	int is_complex;
	/** The bytes of the items, and behind them of what these refer to. */
	uint32_t mention_count, bytes, region;
	const uint32_t *mentions, *items;
};

static struct request read_request(const uint32_t *record)
{
	return (struct request){
		.how = (enum how)(record[1] & 0xff),
		.yield = (enum yield)(record[1] >> 8 & 0xff),
		.child_sort = (enum sort)(record[1] >> 16 & 0xff),
		.target_sort = (enum sort)(record[1] >> 24),
		.target = record[2],
		.child = record[3],
		.id = record[4],
		.is_complex = (record[5] & 1) != 0,
		.mention_count = record[5] >> 16,
		.bytes = record[6] & 0xffff,
		.region = record[6] >> 16,
		.mentions = record + 7,
		.items = record + 7 + (record[5] >> 16),
	};
}

/** The agent's name for what a request is for, if that is given by identity. */
static name_t known_as(const struct request *request)
{
	if (request->target_sort == SORT_TASK)
		return tasks[request->target].port;
	if (request->target_sort == SORT_THREAD && threads[request->target].part != PART_NONE)
		return threads[request->target].port;
	return NAME_NULL;
}

/** Whether what a request is to make would be known by a name that is taken. */
static int child_exists(const struct request *request)
{
	if (request->child_sort == SORT_TASK)
		return tasks[request->child].port != NAME_NULL;
	return request->child_sort == SORT_THREAD && threads[request->child].part != PART_NONE;
}

/** The agent makes the request itself. */
static int perform_by_agent(uint32_t call, uint32_t index, const struct request *request)
{
	static uint32_t message[MESSAGE_CAPACITY / 4];
	uint32_t *items = message + sizeof(struct header) / 4;
	copy_bytes(items, request->items, request->bytes);
	fill_in(message, request->mentions, request->mention_count);
	rpc_start(request->id);
	rpc_raw(items, request->bytes, request->is_complex);
	uint32_t error = rpc_exchange(known_as(request));
	report_request(index, call, request->yield, error);
	return 1;
}

/** Whether a send with this result has left the rights of the header where they were. */
static int header_untouched(uint32_t result)
{
	return result == SEND_INVALID_DEST || result == SEND_INVALID_REPLY || result == SEND_INVALID_HEADER ||
	       result == SEND_MSG_TOO_SMALL;
}

/** What the agent has put into the caller's task for one request. */
struct way {
	struct destination destination;
	name_t answer;
};

static uint32_t pave(struct way *way, const struct request *request, name_t task)
{
	uint32_t error = 0;
	way->destination = (struct destination){.disposition = TYPE_COPY_SEND};
	if (request->target_sort == SORT_NAME || request->target_sort == SORT_REFERENCE) {
		way->destination.name = resolve(request->target, request->target_sort == SORT_REFERENCE);
		mentioned_add(way->destination.name);
	} else {
		error = destination_place(task, known_as(request), &way->destination);
	}
	if (error == 0)
		error = request->how == HOW_THREAD ? answer_right_place(task, reply_port, &way->answer)
						   : answer_port_place(task, &way->answer);
	return error;
}

/** Takes out again what is left of it. A task that has ended has taken it along. */
static void clear_way(const struct way *way, const struct request *request, name_t task, int untouched)
{
	if (untouched)
		destination_remove(task, &way->destination);
	if (request->how == HOW_THREAD_RECEIVES)
		answer_port_remove(task, way->answer);
	else if (untouched)
		port_deallocate(task, way->answer);
}

static void write_message(uint32_t index, const struct request *request, const struct way *way)
{
	struct header *header = (struct header *)slots[index].message;
	enum type_name answer = request->how == HOW_THREAD ? TYPE_MOVE_SEND_ONCE : TYPE_MAKE_SEND_ONCE;
	header->bits = BITS_OF(way->destination.disposition, answer) | (request->is_complex ? BITS_COMPLEX : 0);
	header->size = 0;
	header->remote = way->destination.name;
	header->local = way->answer;
	header->sequence = 0;
	header->id = request->id;
}

static enum rest order_request(uint32_t index, const struct request *request, const struct way *way)
{
	struct slot *slot = &slots[index];
	int receives = request->how == HOW_THREAD_RECEIVES;
	slot->arguments[0] = (uint32_t)slot->message;
	slot->arguments[1] = receives ? SEND_MSG | RCV_MSG : SEND_MSG;
	slot->arguments[2] = sizeof(struct header) + request->bytes;
	slot->arguments[3] = receives ? MESSAGE_CAPACITY : 0;
	slot->arguments[4] = receives ? way->answer : NAME_NULL;
	slot->arguments[5] = 0;
	slot->arguments[6] = NAME_NULL;
	return order(index, TRAP_MACH_MSG);
}

/** Takes the reply to the request with this `id`, passing over what came back unused. */
static int take_reply(uint32_t id)
{
	const uint32_t reply_distance = 100;
	while (rpc_take(reply_port))
		if (((const struct header *)rpc_reply())->id == id + reply_distance)
			return 1;
	return 0;
}

/** Reports a request whose reply comes to the agent. */
static int report_remote(uint32_t call, uint32_t index, const struct request *request, enum rest rest)
{
	uint32_t result = slots[index].result;
	if (rest == REST_FINISHED && result != 0) {
		take_reply(request->id);
		return report_rest(index, rest);
	}
	int answered = take_reply(request->id);
	if ((rest == REST_FINISHED || rest == REST_BLOCKED) && !answered) {
		cancel(index);
		return refuse(index, WHY_NO_ANSWER);
	}
	if (rest == REST_BLOCKED)
		threads[index].reply_code = rpc_word(REPLY_CODE);
	if (rest != REST_FINISHED)
		return report_rest(index, rest);
	cancel(index);
	report_request(index, call, request->yield, 0);
	return 1;
}

/** The agent's own right to what the caller's task has as `name`. */
static uint32_t fetch_right(name_t task, name_t name, name_t *right)
{
	rpc_start(PORT_EXTRACT_RIGHT);
	rpc_name(name);
	rpc_integer(TYPE_COPY_SEND);
	uint32_t error = rpc_call(task);
	*right = rpc_word(REPLY_VALUE);
	return error;
}

/** Which task of the cast a request is for. */
static uint32_t target_task(const struct request *request, name_t task, const struct way *way)
{
	name_t right;
	if (request->target_sort == SORT_TASK)
		return request->target;
	if (fetch_right(task, way->destination.name, &right) != 0)
		return NOBODY;
	uint32_t found = cast_task_known_as(right);
	port_deallocate(mach_task_self(), right);
	return found;
}

/** Takes the task or thread that a request has made into the cast. */
static uint32_t adopt(const struct request *request, name_t task, name_t name, const struct way *way)
{
	name_t right;
	uint32_t error = fetch_right(task, name, &right);
	if (error != 0)
		return error;
	if (request->child_sort == SORT_TASK)
		return cast_add_task(request->child, right);
	return cast_add_thread(request->child, right, target_task(request, task, way));
}

/** Reports a request whose reply comes to the thread. */
static int report_local(uint32_t index, const struct request *request, enum rest rest, const struct way *way)
{
	const uint32_t *reply = (const uint32_t *)slots[index].message;
	name_t task = tasks[threads[index].task].port;
	if (rest == REST_BLOCKED) {
		cancel(index);
		return refuse(index, WHY_NO_ANSWER);
	}
	int went_on = report_rest(index, rest);
	if (rest != REST_FINISHED || slots[index].result != 0 || reply[REPLY_CODE / 4] != KERN_SUCCESS)
		return went_on;
	if (request->child_sort == SORT_NONE)
		return went_on;
	uint32_t error = adopt(request, task, reply[REPLY_VALUE / 4], way);
	return error == 0 ? went_on : fail(index, FAILED_CHILD, error);
}

static int perform_by_thread(uint32_t call, uint32_t index, const struct request *request)
{
	struct way way;
	name_t task = tasks[threads[index].task].port;
	uint8_t *message = slots[index].message;
	copy_bytes(message + sizeof(struct header), request->items, request->bytes + request->region);
	fill_in((uint32_t *)message, request->mentions, request->mention_count);
	uint32_t error = pave(&way, request, task);
	if (error != 0)
		return fail(index, FAILED_PLACING, error);
	write_message(index, request, &way);
	int receives = request->how == HOW_THREAD_RECEIVES;
	assign(index, receives ? DUTY_RIGHTS_REQUEST : DUTY_REQUEST, call, request->yield);
	handles_threads(index);
	enum rest rest = order_request(index, request, &way);
	int untouched = rest == REST_NOT_STARTED || (rest == REST_FINISHED && header_untouched(slots[index].result));
	clear_way(&way, request, task, untouched);
	return receives ? report_local(index, request, rest, &way) : report_remote(call, index, request, rest);
}

static int perform_request(uint32_t call, uint32_t index, const uint32_t *record)
{
	struct request request = read_request(record);
	if ((request.target_sort == SORT_TASK || request.target_sort == SORT_THREAD) && known_as(&request) == NAME_NULL)
		return refuse(index, WHY_NO_SUCH_TARGET);
	if (child_exists(&request))
		return refuse(index, WHY_CHILD_EXISTS);
	return request.how == HOW_AGENT ? perform_by_agent(call, index, &request)
					: perform_by_thread(call, index, &request);
}

/** Lets time pass until the wait of a thread has expired. */
static int perform_time(uint32_t index)
{
	const uint32_t grace = 2;
	struct thread *thread = &threads[index];
	if (thread->duty == DUTY_NONE || thread->deadline == 0)
		return refuse(index, WHY_NOT_WAITING);
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

int perform(uint32_t call, const uint32_t *record)
{
	enum kind kind = (enum kind)(record[0] & 0xff);
	uint32_t index = record[0] >> 8 & 0xff;
	int goes_on;
	mentioned_reset();
	enum why why = kind == KIND_TIME ? 0 : hindrance(index);
	if (why != 0)
		goes_on = refuse(index, why);
	else if (kind == KIND_TRAP)
		goes_on = perform_trap(call, index, record);
	else if (kind == KIND_MESSAGE)
		goes_on = perform_message(call, index, record);
	else if (kind == KIND_REQUEST)
		goes_on = perform_request(call, index, record);
	else
		goes_on = perform_time(index);
	report_woken();
	out_u8(TAG_STEP);
	return goes_on;
}
