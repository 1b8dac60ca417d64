import { byteSizes, type Workload } from '#spec/workload';

export const workload: Workload = {
  title: 'A request and its answer, from another machine',
  does: 'A client asks a server that waits on another machine, and is answered, so many bytes each way; nothing is lost. It ends when '
    + 'the client has the answer and the server waits again.',
  unit: 'bytes',
  sizes: byteSizes,
};
