import type { Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'The machine of a server crashes, and a server on a third takes over',
  does: 'So many clients on one machine, each a process of its own, have asked a server on another, where their requests wait, when that '
    + 'machine crashes; another server stands by on a third. It ends when every client has the answer of the other server, and that one '
    + 'waits again. Requests and answers are of 64 bytes.',
  unit: 'clients',
  sizes: [1, 2, 4, 8],
};
