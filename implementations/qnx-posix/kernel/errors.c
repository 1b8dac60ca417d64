#include "errors.h"
#include <errno.h>

const char *error_name(int error) {
  switch (error) {
    case ESRCH: return "ESRCH";
    case EINTR: return "EINTR";
    case EFAULT: return "EFAULT";
    case EDSTFAULT: return "EDSTFAULT";
    case EINVAL: return "EINVAL";
    case EAGAIN: return "EAGAIN";
    case ENOMEM: return "ENOMEM";
    case ENOMSG: return "ENOMSG";
    case EPERM: return "EPERM";
    default: return "EIO";
  }
}
