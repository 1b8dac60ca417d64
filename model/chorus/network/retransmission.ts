import type { SiteId, ThreadId, TransactionId } from '#spec/chorus/vocabulary';
import { areConnected, portNamed, siteOfPort } from '#model/chorus/naming/identifiers';
import { implementing, type Chorus, type ChorusOperation } from '#model/chorus/world';
import type { ChorusState, Packet, SentRequest } from '#model/chorus/state';
import { change, ModelError, returned } from '#model/operation';

type Cargo = Packet['cargo'];

export const isSecond = ({ tag }: Cargo): boolean => tag === 'second message' || tag === 'second reply';

/** The call that a request or an answer under way belongs to; null where it is neither. */
function callOf(cargo: Cargo): TransactionId | null {
  switch (cargo.tag) {
    case 'message':
    case 'second message': return cargo.message.transaction;
    case 'reply':
    case 'second reply': return cargo.transaction;
    default: return null;
  }
}

const isRequest = ({ tag }: Cargo): boolean => tag === 'message' || tag === 'second message';

/** Where another of the same is under way, first or second; -1 if nowhere. */
const other = (state: ChorusState, cargo: Cargo, second: boolean): number => state.network.findIndex((packet) => packet.cargo !== cargo
  && isSecond(packet.cargo) === second && isRequest(packet.cargo) === isRequest(cargo) && callOf(packet.cargo) !== null && callOf(packet.cargo) === callOf(cargo));

const asSecond = (cargo: Cargo): Cargo => (cargo.tag === 'message' ? { ...cargo, tag: 'second message' } : cargo.tag === 'reply' ? { ...cargo, tag: 'second reply' } : cargo);
const asOnly = (cargo: Cargo): Cargo => (cargo.tag === 'second message' ? { ...cargo, tag: 'message' } : cargo.tag === 'second reply' ? { ...cargo, tag: 'reply' } : cargo);

function recast(state: ChorusState, place: number, cargo: Cargo): void {
  change(state).network = state.network.map((packet, at) => (at === place ? { ...packet, cargo } : packet));
}

/** Of two that are the same, whichever arrives first is the first: the other is what came again. */
export const asFirst = implementing(
  ['chorus/duplicates-are-suppressed'],
  ({ state }: Pick<Chorus, 'state'>, place: number): Packet => {
    const packet = state.network[place]!;
    const first = isSecond(packet.cargo) ? other(state, packet.cargo, false) : -1;
    if (first < 0) return packet;
    recast(state, first, asSecond(state.network[first]!.cargo));
    return { ...packet, cargo: asOnly(packet.cargo) };
  },
);

/** Whether another of what was lost is under way, which is then the only one. */
export function takesItsPlace(state: ChorusState, cargo: Cargo): boolean {
  const second = other(state, cargo, true);
  if (second >= 0) recast(state, second, asOnly(state.network[second]!.cargo));
  return second >= 0;
}

/** Changes what is known of a request that went to another site. */
export function markSent(state: ChorusState, id: TransactionId, known: Partial<Omit<SentRequest, 'tag'>>): void {
  const { sent } = state.transactions[id]!;
  if (sent !== null) change(state.transactions[id]!).sent = { ...sent, ...known };
}

/** The client's nucleus keeps a request as long as it may have to be sent again. */
export const keepRequest = implementing(
  ['chorus/requests-are-sent-again'],
  ({ state }: Pick<Chorus, 'state'>, id: TransactionId, request: Pick<SentRequest, 'message' | 'port'>): void => {
    change(state.transactions[id]!).sent = { tag: 'sent', ...request, taken: false, lost: false, answer: null };
  },
);

/** The server's nucleus keeps an answer, for requests that come again. */
export const keepAnswer = implementing(
  ['chorus/duplicates-are-suppressed'],
  ({ state }: Pick<Chorus, 'state'>, id: TransactionId, answer: Omit<NonNullable<SentRequest['answer']>, 'tag'>): void =>
    markSent(state, id, { answer: { tag: 'answer', ...answer } }),
);

/** What a site kept for others is gone with it. */
export function forgetAnswers(state: ChorusState, site: SiteId): void {
  state.transactions.forEach(({ sent }, id) => {
    if (sent?.answer?.from === site) markSent(state, id as TransactionId, { answer: null });
  });
}

/** A request that comes again is not carried out again: if it was answered, the same answer is given once more. */
export const suppress = implementing(
  ['chorus/duplicates-are-suppressed'],
  (world: Pick<Chorus, 'state' | 'charge'>, id: TransactionId): void => {
    const { state } = world;
    const { life, site: to, sent } = state.transactions[id]!;
    if (life === 'closed' || sent === null || sent.answer === null || state.network.some(({ cargo }) => cargo.tag === 'reply' && cargo.transaction === id)) return;
    const { from, annex, body } = sent.answer;
    change(state.transactions[id]!).life = 'open';
    markSent(state, id, { lost: false });
    change(state.network).push({ tag: 'packet', from, to, cargo: { tag: 'reply', transaction: id, annex, body } });
    world.charge('packet');
  },
);

/** Whether the nucleus of a client may send its request once more. */
export function canSendAgain(state: ChorusState, client: ThreadId): boolean {
  const { life, run } = state.threads[client]!;
  if (life === 'dead' || run.tag !== 'calling') return false;
  const { life: stage, sent, site } = state.transactions[run.transaction]!;
  if (sent === null || !(stage === 'open' || (stage === 'failed' && sent.lost))) return false;
  const port = portNamed(state, sent.port);
  return port !== null && siteOfPort(state, port) !== site && areConnected(state, site, siteOfPort(state, port))
    && !state.network.some(({ cargo }) => cargo.tag === 'second message' && cargo.message.transaction === run.transaction);
}

/** Nothing has come of a request for long enough: its client's nucleus sends the very same once more. */
export const requestIsSentAgain: ChorusOperation<'requestIsSentAgain', 'location'> = {
  implements: ['chorus/requests-are-sent-again'],
  step(world, { client }) {
    const { state, mechanisms } = world;
    const { run } = state.threads[client]!;
    if (run.tag !== 'calling' || !canSendAgain(state, client)) throw new ModelError('there is nothing to send again');
    mechanisms.sendAgain(world, run.transaction);
    return returned(null);
  },
};

export const sendAgain = implementing(
  ['chorus/requests-are-sent-again'],
  (world: Chorus<'location'>, id: TransactionId): void => {
    const { state, mechanisms } = world;
    const { site: from, sent } = state.transactions[id]!;
    const { message, port, taken } = sent!;
    const only = !taken && !state.network.some(({ cargo }) => cargo.tag === 'message' && cargo.message.transaction === id);
    const to = mechanisms.locate(world, from, portNamed(state, port)!);
    change(state.network).push({ tag: 'packet', from, to, cargo: { tag: only ? 'message' : 'second message', message, port } });
    world.charge('packet');
    if (!only) return;
    change(state.transactions[id]!).life = 'open';
    markSent(state, id, { lost: false });
  },
);

/** Whether what is under way may come twice: requests and answers are, where they are sent again; one-way messages never. */
export function canBeDuplicated(state: ChorusState, place: number): boolean {
  const cargo = state.network[place]?.cargo;
  const id = cargo === undefined || isSecond(cargo) ? null : callOf(cargo);
  return id !== null && state.transactions[id]!.sent !== null && state.transactions[id]!.errand.tag === 'none' && other(state, cargo!, true) < 0;
}

export const packetIsDuplicated: ChorusOperation<'packetIsDuplicated'> = {
  implements: ['chorus/duplicates-are-suppressed'],
  step({ state }, { packet }) {
    if (!canBeDuplicated(state, packet)) throw new ModelError('no such packet can come twice');
    const found = state.network[packet]!;
    change(state.network).push({ ...found, cargo: asSecond(found.cargo) });
    return returned(null);
  },
};
