import type { QnxState } from '#model/qnx/state';
import type { QnxCall } from '#model/qnx/world';
import type { Failing } from '#properties/network/failing';
import type { Act, Script } from '#properties/network/stage';
import { processId, qnxStage, type QnxDeed, type QnxRoles } from '#properties/qnx/stage';
import type { Random } from '#properties/random';

const SERVER = 0;
const STANDBY = 1;
const FIRST_CLIENT = 2;
const MOST_CLIENTS = 3;
const MOST_ACTS = 16;
const service = { tag: 'of', process: SERVER } as const;

/** Clients of one server, and another that is ready to serve and is not asked. */
function draw(random: Random): Script<QnxDeed> {
  const processes = FIRST_CLIENT + 1 + random.below(MOST_CLIENTS);
  const acts = Array.from({ length: 4 + random.below(MOST_ACTS) }, (_, at): Act<QnxDeed> => {
    const mark = 1 + at;
    const client = FIRST_CLIENT + random.below(processes - FIRST_CLIENT);
    switch (random.below(7)) {
      case 0:
      case 1: return { process: SERVER, deed: { tag: 'receive', from: null, waits: random.once(2) } };
      case 2: return { process: SERVER, deed: { tag: 'reply', to: { tag: 'given', place: random.below(3) }, mark } };
      case 3: return { process: STANDBY, deed: { tag: 'receive', from: null, waits: false } };
      default: return { process: client, deed: { tag: 'send', to: service, mark } };
    }
  });
  return { processes, acts };
}

/** Nothing redirects: whoever waits for a server that is killed is told so, and nobody else gets the message. */
export const qnxFailure: Failing<QnxState, QnxCall, QnxDeed, QnxRoles> = {
  stage: { ...qnxStage, draw },
  victim: () => SERVER,
  failure: ({ roles }) => ({ operation: 'kill', thread: processId(STANDBY), pid: roles.of[STANDBY]![SERVER]!, signal: 'SIGKILL' }),
  drain: () => [{ process: STANDBY, deed: { tag: 'receive', from: null, waits: false } }],
  markOf: (deed) => (deed.tag === 'send' ? String(deed.mark) : null),
  received: ({ operation, event }) => ((operation === 'Receive' || operation === 'Creceive') && event.tag === 'returned' && event.value !== null
    ? String((event.value as { readonly buffer: readonly number[] }).buffer[0]) : null),
  receivers: [SERVER],
  went: ({ event }) => event.tag === 'returned',
  mayBeLost: () => false,
  mayWait: () => false,
};
