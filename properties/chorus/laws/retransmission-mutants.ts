import { enqueue } from '#model/chorus/messages/send';
import { completeCall } from '#model/chorus/messages/reply';
import { portNamed } from '#model/chorus/naming/identifiers';
import { asFirst, sendAgain, suppress } from '#model/chorus/network/retransmission';
import { change } from '#model/operation';
import { afterwards, around } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

const TWICE = 'chorus/duplicates-are-suppressed';
const AGAIN = 'chorus/requests-are-sent-again';

export const retransmissionMutants: ChorusMutants = {
  'request-that-comes-twice-is-served-twice': {
    rule: TWICE,
    fault: 'a request that comes again is queued again',
    mechanisms: {
      suppress: (world, id) => {
        const { sent } = world.state.transactions[id]!;
        const port = sent === null ? null : portNamed(world.state, sent.port);
        if (port === null) suppress(world, id);
        else enqueue(world as never, port, sent!.message);
      },
    },
  },
  'kept-answer-is-lost': {
    rule: TWICE,
    fault: 'a request that comes again after it was answered is dropped in silence',
    mechanisms: { suppress: () => undefined },
  },
  'kept-answer-has-no-body': {
    rule: TWICE,
    fault: 'the answer that is given once more is empty',
    mechanisms: {
      suppress: (world, id) => {
        const before = world.state.network.length;
        suppress(world, id);
        const { network } = world.state;
        change(world.state).network = network.map((packet, at) => (at < before || packet.cargo.tag !== 'reply' ? packet : { ...packet, cargo: { ...packet.cargo, body: '' } }));
      },
    },
  },
  'second-answer-ends-the-next-call': {
    rule: TWICE,
    fault: 'an answer that comes again answers what its client calls next',
    operations: around('packetArrives', (world, call, step) => {
      const { cargo } = world.state.network[call.packet]!;
      const verdict = step(world, call);
      if (cargo.tag !== 'second reply') return verdict;
      const { client } = world.state.transactions[cargo.transaction]!;
      const run = client === null ? undefined : world.state.threads[client]!.run;
      if (run?.tag === 'calling') completeCall(world, run.transaction, { ...cargo, parcel: null });
      return verdict;
    }),
  },
  'duplicate-is-answered-twice': {
    rule: TWICE,
    fault: 'the answer is given once more although it is under way',
    mechanisms: {
      suppress: (world, id) => {
        const { network } = world.state;
        change(world.state).network = network.filter(({ cargo }) => cargo.tag !== 'reply' || cargo.transaction !== id);
        suppress(world, id);
        change(world.state).network = [...network, ...world.state.network.filter((packet) => !network.includes(packet))];
      },
    },
  },
  'one-way-messages-come-twice': {
    rule: TWICE,
    fault: 'what comes twice is the newest packet, whatever it is',
    operations: around('packetIsDuplicated', (world, call, step) => {
      const verdict = step(world, call);
      const { network } = world.state;
      const other = network.find(({ cargo }) => cargo.tag === 'message' && cargo.message.transaction === null);
      if (other !== undefined) change(world.state).network = [...network.slice(0, -1), other];
      return verdict;
    }),
  },
  'first-is-taken-for-the-second': {
    rule: TWICE,
    fault: 'of two requests that are under way the second is dropped where it comes first, and the first is not known for what it is',
    mechanisms: {
      asFirst: (world, place) => {
        const packet = world.state.network[place]!;
        const found = asFirst(world, place);
        if (packet.cargo.tag === 'second reply' && found.cargo.tag === 'reply') return { ...found, cargo: { ...found.cargo, body: '' } };
        return packet.cargo.tag === 'second reply' ? { ...packet, cargo: { ...packet.cargo, tag: 'reply' } } : found;
      },
      suppress: (world, id) => {
        suppress(world, id);
        change(world.state).network = world.state.network.filter(({ cargo }) => cargo.tag !== 'reply' || cargo.transaction !== id);
      },
    },
  },
  'request-is-sent-again-as-another': {
    rule: AGAIN,
    fault: 'a request that is sent again is another message',
    mechanisms: {
      sendAgain: (world, id) => {
        sendAgain(world, id);
        const { network } = world.state;
        change(world.state).network = network.map((packet, at) => {
          const { cargo } = packet;
          if (at < network.length - 1 || (cargo.tag !== 'message' && cargo.tag !== 'second message')) return packet;
          return { ...packet, cargo: { ...cargo, message: { ...cargo.message, serial: cargo.message.serial + 1000 } } };
        });
      },
    },
  },
  'request-is-sent-again-without-its-body': {
    rule: AGAIN,
    fault: 'a request that is sent again is empty',
    mechanisms: {
      sendAgain: (world, id) => {
        sendAgain(world, id);
        const { network } = world.state;
        change(world.state).network = network.map((packet, at) => {
          const { cargo } = packet;
          if (at < network.length - 1 || (cargo.tag !== 'message' && cargo.tag !== 'second message')) return packet;
          return { ...packet, cargo: { ...cargo, message: { ...cargo.message, body: '' } } };
        });
      },
    },
  },
  'request-is-sent-again-to-another-port': {
    rule: AGAIN,
    fault: 'a request that is sent again goes to the first port of the site',
    mechanisms: {
      sendAgain: (world, id) => {
        sendAgain(world, id);
        const { network, ports, actors } = world.state;
        change(world.state).network = network.map((packet, at) => {
          const { cargo } = packet;
          if (at < network.length - 1 || (cargo.tag !== 'message' && cargo.tag !== 'second message')) return packet;
          const other = ports.find(({ life, actor, ui }) => life === 'live' && actors[actor]!.site === packet.to && ui !== cargo.port);
          return other === undefined ? packet : { ...packet, cargo: { ...cargo, port: other.ui } };
        });
      },
    },
  },
  'sending-again-does-not-reopen-the-call': {
    rule: AGAIN,
    fault: 'a call whose request was lost has failed, although the request is sent again',
    operations: afterwards('requestIsSentAgain', ({ state }, { client }) => {
      const { run } = state.threads[client]!;
      if (run.tag === 'calling' && state.transactions[run.transaction]!.sent?.taken === false) change(state.transactions[run.transaction]!).life = 'failed';
    }),
  },
};
