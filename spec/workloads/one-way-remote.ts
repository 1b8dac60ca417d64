import { byteSizes, type Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'A message without an answer, to another machine',
  does: 'A client hands so many bytes to a server that waits on another machine; nothing is lost. It ends when the server has them '
    + 'and waits again.',
  unit: 'bytes',
  sizes: byteSizes,
};
