/** The batch of programs, read from the RAM disk piece by piece. */
#ifndef INPUT_H
#define INPUT_H

#include "mach.h"

/** No record is larger. */
#define RECORD_LIMIT (256u * 1024u)

void input_init(name_t device_master);
/** The next `size` bytes, which stay valid until the next call. */
const void *input_take(uint32_t size);

#endif
