import type { Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'A server fails',
  does: 'So many clients, each a process of its own, have asked one server, which has received none of their requests when it is ended. It '
    + 'ends when every client has been told that it will not be answered.',
  unit: 'clients',
  sizes: [1, 2, 4, 8],
};
