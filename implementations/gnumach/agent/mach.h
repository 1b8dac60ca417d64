/**
 * The numbers of the kernel's interface that the agent needs: traps, request identifiers, dispositions,
 * return codes. Written down from the interface's documentation; nothing here comes from a header.
 */
#ifndef MACH_H
#define MACH_H

#include <stdint.h>

typedef uint32_t name_t;

#define NAME_NULL 0u
#define NAME_DEAD 0xffffffffu

enum trap_number {
	TRAP_MACH_MSG = 25,
	TRAP_REPLY_PORT = 26,
	TRAP_THREAD_SELF = 27,
	TRAP_TASK_SELF = 28,
	TRAP_PRINT = 30,
	TRAP_THREAD_SWITCH = 61,
	TRAP_VM_DEALLOCATE = 66,
	TRAP_TASK_TERMINATE = 69,
	TRAP_PORT_DEALLOCATE = 73,
	TRAP_PORT_INSERT_RIGHT = 74,
	TRAP_PORT_ALLOCATE_NAME = 75,
};

enum switch_option { SWITCH_NONE = 0, SWITCH_DEPRESS = 1, SWITCH_WAIT = 2 };

enum message_option {
	SEND_MSG = 0x1,
	RCV_MSG = 0x2,
	SEND_TIMEOUT = 0x10,
	RCV_TIMEOUT = 0x100,
	RCV_LARGE = 0x800,
};

enum type_name {
	TYPE_BOOLEAN = 0,
	TYPE_INTEGER_16 = 1,
	TYPE_INTEGER_32 = 2,
	TYPE_BYTE = 9,
	TYPE_STRING_C = 12,
	TYPE_PORT_NAME = 15,
	TYPE_MOVE_RECEIVE = 16,
	TYPE_MOVE_SEND = 17,
	TYPE_MOVE_SEND_ONCE = 18,
	TYPE_COPY_SEND = 19,
	TYPE_MAKE_SEND = 20,
	TYPE_MAKE_SEND_ONCE = 21,
};

enum right { RIGHT_SEND = 0, RIGHT_RECEIVE = 1, RIGHT_DEAD_NAME = 4 };

/** What `mach_port_names` says of a name that denotes a send right; a dead one does not have it. */
#define NAME_HAS_SEND 0x00010000u

enum request_id {
	TASK_CREATE = 2007,
	TASK_TERMINATE = 2008,
	THREAD_TERMINATE = 2016,
	THREAD_SET_STATE = 2018,
	THREAD_INFO = 2019,
	VM_ALLOCATE = 2021,
	VM_DEALLOCATE = 2023,
	VM_PROTECT = 2024,
	VM_INHERIT = 2025,
	VM_READ = 2026,
	VM_WRITE = 2027,
	VM_REGION = 2029,
	VM_STATISTICS = 2030,
	TASK_SUSPEND = 2056,
	TASK_RESUME = 2057,
	THREAD_CREATE = 2061,
	THREAD_SUSPEND = 2062,
	THREAD_RESUME = 2063,
	THREAD_ABORT = 2064,
	VM_MAP = 2089,
	THREAD_PRIORITY = 2620,
	HOST_REBOOT = 2635,
	DEVICE_OPEN = 2800,
	DEVICE_READ = 2804,
	PORT_NAMES = 3200,
	PORT_DESTROY = 3205,
	PORT_EXTRACT_RIGHT = 3216,
	IO_PERM_CREATE = 3805,
	IO_PERM_MODIFY = 3806,
};

enum result {
	KERN_SUCCESS = 0,
	KERN_NO_SPACE = 3,
	KERN_NAME_EXISTS = 13,
	KERN_UREFS_OVERFLOW = 19,
	KERN_RIGHT_EXISTS = 21,
	SEND_INVALID_DEST = 0x10000003,
	SEND_TIMED_OUT = 0x10000004,
	SEND_NOTIFY_IN_PROGRESS = 0x10000006,
	SEND_INTERRUPTED = 0x10000007,
	SEND_MSG_TOO_SMALL = 0x10000008,
	SEND_INVALID_REPLY = 0x10000009,
	SEND_INVALID_NOTIFY = 0x1000000b,
	SEND_INVALID_HEADER = 0x10000010,
	RCV_TOO_LARGE = 0x10004004,
	RCV_INVALID_NOTIFY = 0x10004007,
	RCV_HEADER_ERROR = 0x1000400b,
	RCV_BODY_ERROR = 0x1000400c,
};

/** Bits of a message code that only say which resource ran short. */
#define SHORTAGE_BITS 0x3c00u

enum run_state { STATE_RUNNING = 1, STATE_STOPPED = 2, STATE_WAITING = 3 };

enum inheritance { INHERIT_SHARE = 0, INHERIT_COPY = 1, INHERIT_NONE = 2 };

#define PAGE 4096u

struct header {
	uint32_t bits;
	uint32_t size;
	name_t remote;
	name_t local;
	uint32_t sequence;
	uint32_t id;
};

#define BITS_COMPLEX 0x80000000u
#define BITS_OF(remote, local) ((uint32_t)(remote) | (uint32_t)(local) << 8)

#endif
