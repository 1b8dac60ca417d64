import { byteSizes, type Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'A message without an answer',
  does: 'A client hands so many bytes to a server that waits on the same machine. It ends when the server has them and waits again. '
    + 'What is too long for one message goes in several.',
  unit: 'bytes',
  sizes: byteSizes,
};
