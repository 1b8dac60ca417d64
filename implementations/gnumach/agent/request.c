#include "request.h"
#include "answers.h"
#include "cast.h"
#include "kernel.h"
#include "report.h"
#include "rpc.h"
#include "temporary.h"
#include "turn.h"

/** Where replies to requests of the threads arrive at the agent. */
static name_t reply_port;

void request_init(void)
{
	reply_port = mach_reply_port();
}

void request_drain(void)
{
	while (rpc_take(reply_port))
		continue;
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
	answers_fill_in(message, request->mentions, request->mention_count);
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

/** Whether a request may stop, end or start a thread, or make one that is not running. */
static int handles_threads(const struct request *request)
{
	switch (request->id) {
	case TASK_TERMINATE:
	case TASK_SUSPEND:
	case TASK_RESUME:
	case THREAD_TERMINATE:
	case THREAD_CREATE:
	case THREAD_SUSPEND:
	case THREAD_RESUME:
	case THREAD_ABORT:
		return 1;
	default:
		return 0;
	}
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
		way->destination.name = answers_resolve(request->target, request->target_sort == SORT_REFERENCE);
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
	return turn_order(index, TRAP_MACH_MSG);
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

/** The reply of `vm_region` brings a right that names the object, if a pager keeps it. */
static void drop_object_name(void)
{
	const uint32_t name_at = REPLY_VALUE + 6 * 8;
	if (rpc_word(REPLY_CODE) == KERN_SUCCESS && rpc_word(name_at) != NAME_NULL && rpc_word(name_at) != NAME_DEAD)
		port_deallocate(mach_task_self(), rpc_word(name_at));
}

/** Reports a request whose reply comes to the agent. */
static int report_remote(uint32_t call, uint32_t index, const struct request *request, enum rest rest)
{
	uint32_t result = slots[index].result;
	if (rest == REST_FINISHED && result != 0) {
		take_reply(request->id);
		return turn_report(index, rest);
	}
	int answered = take_reply(request->id);
	if ((rest == REST_FINISHED || rest == REST_BLOCKED) && !answered) {
		turn_cancel(index);
		return turn_refuse(index, WHY_NO_ANSWER);
	}
	if (rest == REST_BLOCKED)
		threads[index].reply_code = rpc_word(REPLY_CODE);
	if (rest != REST_FINISHED)
		return turn_report(index, rest);
	turn_cancel(index);
	report_request(index, call, request->yield, 0);
	if (request->id == VM_REGION)
		drop_object_name();
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
		turn_cancel(index);
		return turn_refuse(index, WHY_NO_ANSWER);
	}
	int went_on = turn_report(index, rest);
	if (rest != REST_FINISHED || slots[index].result != 0 || reply[REPLY_CODE / 4] != KERN_SUCCESS)
		return went_on;
	if (request->child_sort == SORT_NONE)
		return went_on;
	uint32_t error = adopt(request, task, reply[REPLY_VALUE / 4], way);
	return error == 0 ? went_on : turn_fail(index, FAILED_CHILD, error);
}

/** Remembers the names in a message, so that none of them is used for the way. */
static void mention_names(const uint32_t *message, const uint32_t *mentions, uint32_t count)
{
	mentioned_reset();
	for (uint32_t at = 0; at < count; at++)
		if (mentions[at] >> 16 != MENTION_ADDRESS)
			mentioned_add(message[(mentions[at] & 0xffff) / 4]);
}

static int perform_by_thread(uint32_t call, uint32_t index, const struct request *request)
{
	struct way way;
	name_t task = tasks[threads[index].task].port;
	uint8_t *message = slots[index].message;
	copy_bytes(message + sizeof(struct header), request->items, request->bytes + request->region);
	answers_fill_in((uint32_t *)message, request->mentions, request->mention_count);
	mention_names((const uint32_t *)message, request->mentions, request->mention_count);
	uint32_t error = pave(&way, request, task);
	if (error != 0)
		return turn_fail(index, FAILED_PLACING, error);
	write_message(index, request, &way);
	int receives = request->how == HOW_THREAD_RECEIVES;
	turn_assign(index, receives ? DUTY_RIGHTS_REQUEST : DUTY_REQUEST, call, request->yield);
	if (handles_threads(request))
		turn_handles_threads(index);
	enum rest rest = order_request(index, request, &way);
	int untouched = rest == REST_NOT_STARTED || (rest == REST_FINISHED && header_untouched(slots[index].result));
	clear_way(&way, request, task, untouched);
	return receives ? report_local(index, request, rest, &way) : report_remote(call, index, request, rest);
}

static int is_by_identity(const struct request *request)
{
	return request->target_sort == SORT_TASK || request->target_sort == SORT_THREAD;
}

int request_perform(uint32_t call, uint32_t index, const uint32_t *record)
{
	struct request request = read_request(record);
	if (is_by_identity(&request) && known_as(&request) == NAME_NULL)
		return turn_refuse(index, WHY_NO_SUCH_TARGET);
	if (child_exists(&request))
		return turn_refuse(index, WHY_CHILD_EXISTS);
	return request.how == HOW_AGENT ? perform_by_agent(call, index, &request)
					: perform_by_thread(call, index, &request);
}
