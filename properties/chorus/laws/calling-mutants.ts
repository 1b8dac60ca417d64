import type { TransactionId } from '#spec/chorus/vocabulary';
import { abandonCall, noticeFailure, serverOf } from '#model/chorus/messages/call';
import { answerRequest, completeCall } from '#model/chorus/messages/reply';
import { arriveAtPort, lose } from '#model/chorus/network/network';
import { killThread } from '#model/chorus/actors/kill';
import { answer, abortThread } from '#model/chorus/threads/waits';
import { enqueue, routeTo } from '#model/chorus/messages/send';
import { change, raised, returned as answered } from '#model/operation';
import { actorAt, portBy, siteOfPort } from '#properties/chorus/facts';
import { altered, around, misread } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const callingMutants: ChorusMutants = {
  'call-does-not-wait': {
    rule: 'chorus/call-waits-for-its-answer',
    fault: 'a call that may not be aborted waits as one that may',
    operations: misread('ipcCall', (_state, call) => ({ ...call, abortable: true })),
  },
  'call-ends-when-it-is-received': {
    rule: 'chorus/call-waits-for-its-answer',
    fault: 'a client goes on as soon as its request is saved by its server',
    operations: around('ipcSave', (world, call, step) => {
      const transaction = world.state.threads[call.thread]!.current?.message.transaction ?? null;
      const verdict = step(world, call);
      if (verdict.tag === 'returned' && transaction !== null && world.state.transactions[transaction]!.life === 'open') completeCall(world, transaction,
        { annex: null, body: '', parcel: null });
      return verdict;
    }),
  },
  'request-is-queued-twice': {
    rule: 'chorus/request-is-received-at-most-once',
    fault: 'the request of a call is queued twice where there is room',
    mechanisms: {
      enqueue: (world, port, message) => {
        enqueue(world, port, message);
        const { queue } = world.state.ports[port]!;
        if (message.transaction !== null && queue.length > 0 && queue.length < world.state.limits.queue) change(world.state.ports[port]!).queue = [...queue,
          message];
      },
    },
  },
  'late-reply-answers-the-next-call': {
    rule: 'chorus/reply-answers-its-own-request',
    fault: 'an answer to a call that is over is given to the next call of that client',
    mechanisms: {
      answerRequest: (world, thread, id, reply) => {
        const { state } = world;
        const { client, life } = state.transactions[id]!;
        const run = client === null ? null : state.threads[client]!.run;
        return life !== 'open' && run?.tag === 'calling' ? answerRequest(world, thread, run.transaction, reply) : answerRequest(world, thread, id, reply);
      },
    },
  },
  'reply-goes-to-the-latest-call': {
    rule: 'chorus/reply-answers-its-own-request',
    fault: 'an answer from another site goes to the call that was made last',
    mechanisms: {
      completeCall: (world, id, reply) => {
        const open = world.state.transactions.findLastIndex(({ life }) => life === 'open');
        completeCall(world, world.state.transactions[id]!.life === 'open' && open >= 0 ? open as TransactionId : id, reply);
      },
    },
  },
  'reply-without-its-annex': {
    rule: 'chorus/reply-answers-its-own-request',
    fault: 'an answer has lost its annex',
    mechanisms: { completeCall: (world, id, reply) => completeCall(world, id, { ...reply, annex: null }) },
  },
  'functional-call-is-sent-to-another-member': {
    rule: 'chorus/functional-calls-stay-with-their-member',
    fault: 'the request of a call in functional mode is taken by whichever member of the group is first when it arrives',
    mechanisms: {
      arriveAtPort: (world, packet) => {
        const { cargo } = packet;
        const group = cargo.tag === 'message' ? world.state.groups.find(({ ui }) => ui === cargo.message.target) : undefined;
        const member = group?.members.find((port) => siteOfPort(world.state, port) === packet.to && cargo.tag === 'message'
          && world.state.ports[port]!.ui !== cargo.port);
        if (member === undefined || cargo.tag !== 'message' || cargo.message.transaction === null) return arriveAtPort(world, packet);
        if (world.state.ports[member]!.queue.length < world.state.limits.queue) world.mechanisms.enqueue(world, member, cargo.message);
      },
    },
  },
  'abort-stops-at-the-client': {
    rule: 'chorus/abort-reaches-the-server',
    fault: 'the thread that serves an aborted client is not aborted',
    mechanisms: { abandonCall: (world, id) => abandonCall(world, id, false) },
  },
  'abort-reaches-everybody': {
    rule: 'chorus/abort-reaches-the-server',
    fault: 'a client that has waited long enough has its server aborted',
    mechanisms: {
      abandonCall: (world, id, aborted) => {
        const server = serverOf(world.state, id);
        abandonCall(world, id, aborted);
        if (!aborted && server !== null) change(world.state.threads[server]!).aborted = true;
      },
    },
  },
  'failed-call-stays-open': {
    rule: 'chorus/failed-call-ends-with-an-error',
    fault: 'a call that has failed is not closed',
    mechanisms: {
      noticeFailure: (world, id) => {
        noticeFailure(world, id);
        change(world.state.transactions[id]!).life = 'failed';
      },
    },
  },
  'failed-call-succeeds': {
    rule: 'chorus/lost-call-is-noticed',
    fault: 'a call that has failed ends as if it had been answered',
    mechanisms: { noticeFailure: (world, id) => noticeFailure(altered(world, { answer: (inner, client) => answer(inner, client, null, { tag: 'replied',
      annex: null, body: '', parcel: null, room: 0 }) }), id) },
  },
  'lost-request-is-not-noticed': {
    rule: 'chorus/lost-call-is-noticed',
    fault: 'a request that is lost between sites is lost in silence',
    mechanisms: { lose: (world, packet) => { if (packet.cargo.tag !== 'message') lose(world, packet); } },
  },
  'lost-answer-is-not-noticed': {
    rule: 'chorus/lost-call-is-noticed',
    fault: 'an answer that is lost between sites is lost in silence',
    mechanisms: { lose: (world, packet) => { if (packet.cargo.tag !== 'reply') lose(world, packet); } },
  },
  'call-to-nobody-waits': {
    rule: 'chorus/call-to-nobody-fails',
    fault: 'a call to a port that is gone is refused as one with a wrong target',
    operations: around('ipcCall', (world, call, step) => {
      const verdict = step(world, call);
      return verdict.tag === 'raised' && verdict.error === 'K_EUNKNOWN' ? raised('K_EINVAL') : verdict;
    }),
  },
  'timeout-aborts-the-server': {
    rule: 'chorus/timeout-leaves-the-server-alone',
    fault: 'the server of a call that has lasted long enough is aborted',
    operations: around('timeout', (world, call, step) => {
      const { run } = world.state.threads[call.waiting]!;
      const server = run.tag === 'calling' ? serverOf(world.state, run.transaction) : null;
      const verdict = step(world, call);
      if (server !== null) abortThread(world, server);
      return verdict;
    }),
  },
  'timeout-leaves-the-call-open': {
    rule: 'chorus/timeout-leaves-the-server-alone',
    fault: 'a call that has lasted long enough is not closed',
    operations: around('timeout', (world, call, step) => step(altered(world, { abandonCall: () => undefined }), call)),
  },
  'late-reply-is-queued': {
    rule: 'chorus/late-reply-is-discarded',
    fault: 'an answer that comes too late is queued at the port that the call came from',
    mechanisms: {
      answerRequest: (world, thread, id, reply) => {
        const { state } = world;
        const { current } = state.threads[thread]!;
        const port = current === null ? null : portBy(state, current.message.source);
        const late = state.transactions[id]!.life !== 'open';
        const no = answerRequest(world, thread, id, reply);
        if (no === null && late && port !== null && state.ports[port]!.queue.length < state.limits.queue) {
          change(state).serial += 1;
          change(state.ports[port]!).queue = [...state.ports[port]!.queue, { ...current!.message, ...reply, transaction: null, serial: state.serial }];
        }
        return no;
      },
    },
  },
  'reply-needs-room-at-the-client': {
    rule: 'chorus/reply-takes-no-room-at-the-client',
    fault: 'an answer is refused where the default port of the client is full',
    operations: around('ipcReply', (world, call, step) => {
      const { state } = world;
      const transaction = state.threads[call.thread]!.current?.message.transaction ?? null;
      if (transaction === null) return step(world, call);
      const { client } = state.transactions[transaction]!;
      if (client === null) return step(world, call);
      const { defaultPort } = state.actors[actorAt(state, client)]!;
      return state.ports[defaultPort]!.queue.length >= state.limits.queue ? raised('K_EFULL') : step(world, call);
    }),
  },
  'broadcast-is-called': {
    rule: 'chorus/broadcast-cannot-be-called',
    fault: 'a call in broadcast mode goes to one of the members',
    operations: around('ipcCall', (world, call, step) => step(altered(world, {
      routeTo: (inner, site, destination) => {
        const route = routeTo(inner, site, destination);
        return route.tag === 'all of' && route.ports.length > 0 ? { tag: 'one of', ports: route.ports } : route;
      },
    }), call)),
  },
  'reply-keeps-the-current-message': {
    rule: 'chorus/reply-ends-the-current-message',
    fault: 'a message can be answered again',
    operations: around('ipcReply', (world, call, step) => {
      const { current } = world.state.threads[call.thread]!;
      const verdict = step(world, call);
      if (verdict.tag === 'returned') change(world.state.threads[call.thread]!).current = current;
      return verdict;
    }),
  },
  'refused-reply-loses-the-message': {
    rule: 'chorus/reply-ends-the-current-message',
    fault: 'a message is current no longer when its answer was refused',
    operations: around('ipcReply', (world, call, step) => {
      const verdict = step(world, call);
      if (verdict.tag === 'raised') change(world.state.threads[call.thread]!).current = null;
      return verdict;
    }),
  },
  'one-way-messages-are-not-answered': {
    rule: 'chorus/one-way-messages-are-answered-by-sends',
    fault: 'an answer to a message that was not called is dropped',
    operations: around('ipcReply', (world, call, step) => {
      const thread = change(world.state.threads[call.thread]!);
      if (thread.current === null || thread.current.message.transaction !== null) return step(world, call);
      thread.current = null;
      return answered(null);
    }),
  },
  'request-dies-with-its-client': {
    rule: 'chorus/dead-client-is-not-answered',
    fault: 'a request that is queued goes when its client goes',
    mechanisms: {
      killThread: (world, id) => {
        const { run } = world.state.threads[id]!;
        killThread(world, id);
        if (run.tag !== 'calling') return;
        for (const port of world.state.ports) {
          if (port.queue.some(({ transaction }) => transaction === run.transaction)) change(port).queue = port.queue.filter(({ transaction }) => transaction !== run.transaction);
        }
      },
    },
  },
  'dead-client-leaves-its-call-open': {
    rule: 'chorus/dead-client-is-not-answered',
    fault: 'the call of a client that has gone is still open',
    mechanisms: { killThread: (world, id) => killThread(altered(world, { abandonCall: () => undefined }), id) },
  },
};
