import { byteSizes, type Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'A request and its answer',
  does: 'A client asks a server that waits on the same machine, and is answered, so many bytes each way in one piece. It ends when the '
    + 'client has the answer and the server waits again. What is too long for one message goes in several exchanges.',
  unit: 'bytes',
  sizes: byteSizes,
};
