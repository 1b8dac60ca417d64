#define _GNU_SOURCE
#include "socket.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

bool socket_pair(int ends[2]) {
  return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

bool socket_put(int socket, const void *bytes, size_t size) {
  ssize_t sent;
  do sent = send(socket, bytes, size, MSG_NOSIGNAL); while (sent < 0 && errno == EINTR);
  return sent == (ssize_t)size;
}

bool socket_take(int socket, void *bytes, size_t size) {
  ssize_t got;
  do got = recv(socket, bytes, size, 0); while (got < 0 && errno == EINTR);
  return got == (ssize_t)size;
}

/* Room for one control message with two descriptors. */
union ends { char room[CMSG_SPACE(2 * sizeof(int))]; struct cmsghdr aligned; };

bool socket_put_ends(int socket, const void *bytes, size_t size, const int ends[2]) {
  union ends control = { 0 };
  struct iovec vector = { .iov_base = (void *)bytes, .iov_len = size };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  *head = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(2 * sizeof(int)) };
  memcpy(CMSG_DATA(head), ends, 2 * sizeof(int));
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL); while (sent < 0 && errno == EINTR);
  return sent == (ssize_t)size;
}

bool socket_take_ends(int socket, void *bytes, size_t size, int ends[2]) {
  union ends control = { 0 };
  struct iovec vector = { .iov_base = bytes, .iov_len = size };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC); while (got < 0 && errno == EINTR);
  if (got != (ssize_t)size) return false;
  ends[0] = ends[1] = -1;
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head != NULL && head->cmsg_type == SCM_RIGHTS) memcpy(ends, CMSG_DATA(head), 2 * sizeof(int));
  return true;
}
