import type { Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'Faults through a user-level pager',
  does: 'A client reads so many pages of 4,096 bytes for the first time, which a process on the same machine provides. The pager is known '
    + 'and ready beforehand. It ends when the client has read them all and the pager waits again.',
  unit: 'pages',
  sizes: [1, 2, 4, 8, 16, 32],
};
