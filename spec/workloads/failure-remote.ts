import type { Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'The machine of a server crashes',
  does: 'So many clients on one machine, each a process of its own, have asked a server on another, where their requests wait, when that '
    + 'machine crashes. It ends when every client has been told that it will not be answered.',
  unit: 'clients',
  sizes: [1, 2, 4, 8],
};
