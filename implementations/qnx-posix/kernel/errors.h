/* The errors there are, by their names in the vocabulary. */
#ifndef ERRORS_H
#define ERRORS_H

/* QNX 4's own: the memory of the other side faults. No errno of this system stands for it. */
enum { EDSTFAULT = 10000 };

const char *error_name(int error);
#endif
