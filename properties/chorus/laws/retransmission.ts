import type { TransactionId, Ui } from '#spec/chorus/vocabulary';
import type { ChorusState, Message, Packet } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import { isCall, outcomeOf, siteAt, threadName } from '#properties/chorus/facts';
import { repliesIn } from '#properties/chorus/laws/sent';
import { besides, same } from '#properties/chorus/laws/changes';
import type { ChorusLaws, ChorusStep } from '#properties/chorus/obligation';
import { monitor } from '#properties/obligation';

type Cargo = Packet['cargo'];

/** A request that went to another site, and what was answered to it, as it was first seen. */
interface Seen { readonly message: Message; readonly port: Ui; readonly transaction: TransactionId; answer: { readonly annex: string | null; readonly body: string; readonly from: number } | null }
type Requests = Map<TransactionId, Seen>;

/** The request or answer that a packet carries. */
function carried({ cargo }: Packet): { readonly transaction: TransactionId; readonly request: boolean; readonly second: boolean } | null {
  switch (cargo.tag) {
    case 'message':
    case 'second message': {
      const { transaction } = cargo.message;
      return transaction === null ? null : { transaction, request: true, second: cargo.tag === 'second message' };
    }
    case 'reply':
    case 'second reply': return { transaction: cargo.transaction, request: false, second: cargo.tag === 'second reply' };
    default: return null;
  }
}

/** The packets of a state that carry the request, or the answer, of a call. */
const under = (state: ChorusState, transaction: TransactionId, request: boolean): readonly Packet[] => state.network.filter((packet) => {
  const found = carried(packet);
  return found !== null && found.transaction === transaction && found.request === request;
});

/** What is put on the network in a step: packets that were not there, whatever became of others. */
function fresh({ before, after }: ChorusStep): readonly Packet[] {
  const left = before.network.map((packet) => JSON.stringify(packet));
  return after.network.filter((packet) => {
    const at = left.indexOf(JSON.stringify(packet));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Takes note of requests that go to other sites, of answers, and of sites that forget theirs. */
function note(requests: Requests, step: ChorusStep): void {
  const { before, after, call } = step;
  for (const { cargo } of after.network) {
    const transaction = cargo.tag === 'message' ? cargo.message.transaction : null;
    if (transaction === null || requests.has(transaction) || cargo.tag !== 'message') continue;
    requests.set(transaction, { message: cargo.message, port: cargo.port, transaction, answer: null });
  }
  for (const { thread, transaction, body } of repliesIn(step)) {
    const seen = requests.get(transaction as never);
    const sent = fresh(step).find(({ cargo }) => cargo.tag === 'reply' && cargo.transaction === transaction);
    if (seen !== undefined && sent?.cargo.tag === 'reply') seen.answer = { annex: sent.cargo.annex, body: body ?? sent.cargo.body, from: siteAt(before, thread) };
  }
  if (call.operation === 'siteCrashes') for (const seen of requests.values()) if (seen.answer?.from === call.site) seen.answer = null;
}

/** The very same request goes out once more, and that is all. */
function sentAgain(requests: Requests, step: ChorusStep): readonly string[] {
  if (!isCall(step, 'requestIsSentAgain')) return [];
  const { before, after, call: { client } } = step;
  const { run } = before.threads[client]!;
  if (run.tag !== 'calling') return [`${threadName(client)} does not call, and its request is sent again`];
  const seen = requests.get(run.transaction);
  const added = after.network.slice(before.network.length);
  const [packet] = added;
  const right = seen !== undefined && added.length === 1 && packet !== undefined && isSame(packet.cargo, seen)
    && packet.from === siteAt(before, client) && packet.to !== packet.from;
  return [
    ...(right ? [] : [`what is sent again for ${threadName(client)} is not the request that it made`]),
    ...(packet?.cargo.tag !== 'message' || after.transactions[run.transaction]!.life === 'open' ? [] : [`${threadName(client)} waits for nothing, although its request is under way`]),
    ...besides(step, 'network', `x${run.transaction + 1}.life`, `x${run.transaction + 1}.sent`),
  ];
}

const isSame = (cargo: Cargo, { message, port }: Seen): boolean =>
  (cargo.tag === 'message' || cargo.tag === 'second message') && cargo.port === port && same(cargo.message, message);

/** What comes a second time is neither carried out nor given again, but for an answer that may have been lost. */
function arrivesAgain(requests: Requests, step: ChorusStep): readonly string[] {
  if (!isCall(step, 'packetArrives')) return [];
  const { before, after, call: { packet: place } } = step;
  const packet = before.network[place]!;
  const found = carried(packet);
  if (found?.second !== true || under(before, found.transaction, found.request).length > 1) return [];
  const { transaction, request } = found;
  const rest = before.network.filter((_, at) => at !== place);
  const seen = requests.get(transaction);
  const { life } = before.transactions[transaction]!;
  const due = request && life !== 'closed' && seen !== undefined && seen.answer !== null && !under(before, transaction, false).some(isFirst) ? seen.answer : null;
  const again = due === null ? [] : [{
    tag: 'packet', from: due.from, to: before.transactions[transaction]!.site, cargo: { tag: 'reply', transaction, annex: due.annex, body: due.body },
  }];
  return [
    ...(same(after.network, [...rest, ...again]) ? []
      : [`x${transaction + 1} came again, and ${due === null ? 'something else was sent' : 'its answer was not given once more'}`]),
    ...(due === null || after.transactions[transaction]!.life === 'open' ? [] : [`x${transaction + 1} has failed, although its answer is under way`]),
    ...besides(step, 'network', `x${transaction + 1}.life`, `x${transaction + 1}.sent`),
  ];
}

const isFirst = (packet: Packet): boolean => carried(packet)?.second === false;

/** A packet comes twice: there is one more that carries the same, and nothing else is different. */
function comesTwice(step: ChorusStep): readonly string[] {
  if (!isCall(step, 'packetIsDuplicated')) return [];
  const { before, after, call: { packet: place } } = step;
  const { cargo, ...way } = before.network[place]!;
  if (cargo.tag !== 'message' && cargo.tag !== 'reply') return ['what is never sent again comes twice'];
  const twin = { ...way, cargo: { ...cargo, tag: `second ${cargo.tag}` } };
  return [...(same(after.network, [...before.network, twin]) ? [] : ['a packet that comes twice is not the same twice']), ...besides(step, 'network')];
}

const arrivalOf = (step: ChorusStep): ReturnType<typeof carried> =>
  (isCall(step, 'packetArrives') ? carried(step.before.network[step.call.packet]!) : null);

/** Whether what arrives is a second of a call, and whether another of the same is under way. */
const arrivesSecond = (step: ChorusStep, request: boolean, alone: boolean): boolean => {
  const found = arrivalOf(step);
  return found !== null && found.second && found.request === request && (under(step.before, found.transaction, request).length === 1) === alone;
};

export const retransmissionLaws = {
  'chorus/requests-are-sent-again': {
    monitor: monitor<ChorusState, ChorusCall, Requests>({
      start: () => new Map(),
      next: (requests, step) => {
        const wrong = sentAgain(requests, step);
        note(requests, step);
        return wrong;
      },
    }),
    sometimes: {
      'a request that was lost is sent again': (step) => isCall(step, 'requestIsSentAgain') && step.after.network.at(-1)?.cargo.tag === 'message',
      'a request that was not lost is sent again': (step) => isCall(step, 'requestIsSentAgain') && step.after.network.at(-1)?.cargo.tag === 'second message',
    },
  },
  'chorus/duplicates-are-suppressed': {
    monitor: monitor<ChorusState, ChorusCall, Requests>({
      start: () => new Map(),
      next: (requests, step) => {
        const wrong = [...arrivesAgain(requests, step), ...comesTwice(step)];
        note(requests, step);
        return wrong;
      },
    }),
    sometimes: {
      'a request comes again while it is served': (step) => arrivesSecond(step, true, true) && step.after.network.length < step.before.network.length,
      'an answer is given once more': (step) => arrivesSecond(step, true, true) && step.after.network.length === step.before.network.length,
      'the second of two requests comes first': (step) => arrivesSecond(step, true, false),
      'an answer comes again': (step) => arrivesSecond(step, false, true),
      'the second of two answers comes first': (step) => arrivesSecond(step, false, false) && step.before.threads.some((_, client) =>
        outcomeOf(step, client as never) !== null),
    },
  },
} satisfies ChorusLaws;
