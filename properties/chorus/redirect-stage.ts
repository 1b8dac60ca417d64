import type { ThreadId } from '#spec/chorus/vocabulary';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { chorusStage, type ChorusDeed } from '#properties/chorus/stage';
import type { Failing } from '#properties/network/failing';
import type { Act, Observation, Placement, Script } from '#properties/network/stage';
import type { Random } from '#properties/random';

const SERVER = 0;
const BACKUP = 1;
const FIRST_CLIENT = 2;
const MOST_CLIENTS = 3;
const MOST_ACTS = 16;

/** Clients that send to a group and call it; the server and its backup are the members. */
function draw(random: Random): Script<ChorusDeed> {
  const processes = FIRST_CLIENT + 1 + random.below(MOST_CLIENTS);
  const acts = Array.from({ length: 4 + random.below(MOST_ACTS) }, (_, at): Act<ChorusDeed> => {
    const body = (at + 1).toString(16).padStart(2, '0');
    const client = FIRST_CLIENT + random.below(processes - FIRST_CLIENT);
    switch (random.below(9)) {
      case 0:
      case 1: return { process: SERVER, deed: { tag: 'receive', from: 'default', waits: random.once(2) } };
      case 2: return { process: SERVER, deed: { tag: 'reply', body } };
      case 3: return { process: BACKUP, deed: { tag: 'receive', from: 'default', waits: false } };
      case 4: return { process: BACKUP, deed: { tag: 'reply', body } };
      case 5:
      case 6: return { process: client, deed: { tag: 'call', to: 'func', body } };
      default: return { process: client, deed: { tag: 'send', to: 'func', body } };
    }
  });
  return { processes, acts: [{ process: SERVER, deed: { tag: 'join' } }, { process: BACKUP, deed: { tag: 'join' } }, ...acts] };
}

/** What a server received; what clients receive are answers. */
const received = ({ operation, event }: Observation): string | null =>
  (operation === 'ipcReceive' && event.tag === 'returned' && event.value !== null ? (event.value as { readonly body: string | null }).body : null);

/** The victim has a site of its own; the others are on two more. */
export const aloneOnItsSite = (processes: number): Placement => Array.from({ length: processes }, (_, process) => (process === SERVER ? 0 : 1 + process % 2));

/** The victim and its backup are on one site, the clients there and on others. */
export const besideItsBackup = (processes: number): Placement =>
  Array.from({ length: processes }, (_, process) => (process < FIRST_CLIENT ? 0 : process % 3));

const failing = (failure: Failing<ChorusState, ChorusCall, ChorusDeed, null>['failure']): Failing<ChorusState, ChorusCall, ChorusDeed, null> => ({
  /** Queues are long enough for all, so that nothing is lost for want of room. */
  stage: { ...chorusStage, draw, scope: (placement) => ({ threads: placement.map(() => 1), sites: [...placement] }) },
  victim: () => SERVER,
  failure,
  drain: () => [{ process: BACKUP, deed: { tag: 'receive', from: 'default', waits: false } }, { process: BACKUP, deed: { tag: 'reply', body: 'ff' } }],
  markOf: (deed) => (deed.tag === 'send' || deed.tag === 'call' ? deed.body : null),
  received,
  receivers: [SERVER, BACKUP],
  went: ({ event }) => event.tag === 'returned',
  /** What was sent before may have been in the queue of the member that failed. */
  mayBeLost: ({ act }, failed) => act <= failed,
  mayWait: () => false,
});

/** The server's site crashes; everybody else must be elsewhere. */
export const chorusCrash = failing(() => ({ operation: 'siteCrashes', site: 0 as never }));

/** The backup, which is on the same site, deletes the server's actor. */
export const chorusDeletion = failing(({ state }) => {
  const { ui, key } = state.actors[SERVER]!;
  return { operation: 'actorDelete', thread: BACKUP as ThreadId, actor: { ui, key } };
});
