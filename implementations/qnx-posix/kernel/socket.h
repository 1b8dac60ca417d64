/* Datagrams between a process and the kernel, whole or not at all, with descriptors where needed. */
#ifndef SOCKET_H
#define SOCKET_H
#include <stdbool.h>
#include <stddef.h>

/* A connected pair; false, with errno, if the system has none to give. */
bool socket_pair(int ends[2]);
/* False when the other side is gone. */
bool socket_put(int socket, const void *bytes, size_t size);
bool socket_take(int socket, void *bytes, size_t size);
/* The same, with two descriptors, which the receiver then owns. */
bool socket_put_ends(int socket, const void *bytes, size_t size, const int ends[2]);
bool socket_take_ends(int socket, void *bytes, size_t size, int ends[2]);
#endif
