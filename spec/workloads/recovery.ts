import type { Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'A server fails, and another takes over',
  does: 'So many clients, each a process of its own, have asked one server, which has received none of their requests when it is ended; '
    + 'another server stands by in whatever way the kernel knows. It ends when every client has the answer of the other server, and that '
    + 'one waits again. Requests and answers are of 64 bytes.',
  unit: 'clients',
  sizes: [1, 2, 4, 8],
};
