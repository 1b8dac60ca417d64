/** The traps, one function each, and the loops a freestanding program has to bring along. */
#ifndef KERNEL_H
#define KERNEL_H

#include "mach.h"

uint32_t trap(uint32_t number, const uint32_t arguments[7]);

uint32_t mach_msg(void *message, uint32_t options, uint32_t send_size, uint32_t receive_size, name_t from);
name_t mach_reply_port(void);
name_t mach_task_self(void);
name_t mach_thread_self(void);
void thread_switch(name_t to, enum switch_option option);
uint32_t port_deallocate(name_t task, name_t name);
uint32_t port_insert_right(name_t task, name_t name, name_t right, enum type_name disposition);
uint32_t port_allocate_name(name_t task, enum right right, name_t name);
void vm_release(uint32_t address, uint32_t size);

/** Writes a line on the kernel's console. */
void say(const char *text);
/** Says why the agent cannot go on, and stops. */
void give_up(const char *why, uint32_t code) __attribute__((noreturn));

void copy_bytes(void *to, const void *from, uint32_t size);
void clear_bytes(void *to, uint32_t size);

#endif
