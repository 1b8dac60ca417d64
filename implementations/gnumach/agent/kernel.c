#include "kernel.h"

uint32_t mach_msg(void *message, uint32_t options, uint32_t send_size, uint32_t receive_size, name_t from)
{
	uint32_t arguments[7] = {(uint32_t)message, options, send_size, receive_size, from, 0, NAME_NULL};
	return trap(TRAP_MACH_MSG, arguments);
}

name_t mach_reply_port(void)
{
	uint32_t none[7] = {0};
	return trap(TRAP_REPLY_PORT, none);
}

name_t mach_task_self(void)
{
	uint32_t none[7] = {0};
	return trap(TRAP_TASK_SELF, none);
}

name_t mach_thread_self(void)
{
	uint32_t none[7] = {0};
	return trap(TRAP_THREAD_SELF, none);
}

void thread_switch(name_t to, enum switch_option option)
{
	uint32_t arguments[7] = {to, option, 0};
	trap(TRAP_THREAD_SWITCH, arguments);
}

uint32_t port_deallocate(name_t task, name_t name)
{
	uint32_t arguments[7] = {task, name};
	return trap(TRAP_PORT_DEALLOCATE, arguments);
}

uint32_t port_insert_right(name_t task, name_t name, name_t right, enum type_name disposition)
{
	uint32_t arguments[7] = {task, name, right, disposition};
	return trap(TRAP_PORT_INSERT_RIGHT, arguments);
}

uint32_t port_allocate_name(name_t task, enum right right, name_t name)
{
	uint32_t arguments[7] = {task, right, name};
	return trap(TRAP_PORT_ALLOCATE_NAME, arguments);
}

void vm_release(uint32_t address, uint32_t size)
{
	static name_t self;
	if (self == NAME_NULL)
		self = mach_task_self();
	uint32_t arguments[7] = {self, address, size};
	if (size != 0)
		trap(TRAP_VM_DEALLOCATE, arguments);
}

void say(const char *text)
{
	uint32_t arguments[7] = {(uint32_t)text};
	trap(TRAP_PRINT, arguments);
}

static void say_hexadecimal(uint32_t value)
{
	char digits[11] = "0x00000000";
	for (int at = 9; at > 1; at--, value >>= 4)
		digits[at] = "0123456789abcdef"[value & 15];
	say(digits);
}

void give_up(const char *why, uint32_t code)
{
	uint32_t arguments[7] = {mach_task_self()};
	say("agent: ");
	say(why);
	say(" ");
	say_hexadecimal(code);
	say("\n");
	for (;;)
		trap(TRAP_TASK_TERMINATE, arguments);
}

void copy_bytes(void *to, const void *from, uint32_t size)
{
	uint32_t words = size / 4, rest = size % 4;
	__asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest) : : "memory");
}

void clear_bytes(void *to, uint32_t size)
{
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(0) : "memory");
}

/* The compiler may turn a loop or an initialiser into a call of these two. */
void *memset(void *to, int value, uint32_t size)
{
	void *start = to;
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
	return start;
}

void *memcpy(void *to, const void *from, uint32_t size)
{
	copy_bytes(to, from, size);
	return to;
}
