import type { Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'A request and its answer in eight parts',
  does: 'As a request and its answer, but what is sent lies in eight places of the sender, and is wanted in eight places of the receiver. '
    + 'Where a kernel carries one piece only, the programs gather and scatter the parts themselves, and that is counted.',
  unit: 'bytes',
  sizes: [64, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576],
};
