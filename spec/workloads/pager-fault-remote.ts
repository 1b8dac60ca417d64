import type { Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'Faults through a pager on another machine',
  does: 'A client reads so many pages of 4,096 bytes for the first time, which a process on another machine provides; nothing is lost. It '
    + 'ends when the client has read them all and the pager waits again.',
  unit: 'pages',
  sizes: [1, 2, 4, 8, 16, 32],
};
