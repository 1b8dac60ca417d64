import type { ThreadId, Ui } from '#spec/chorus/vocabulary';
import type { ChorusScope } from '#model/chorus/kernel';
import type { ChorusState } from '#model/chorus/state';
import type { ChorusCall } from '#model/chorus/world';
import type { ExchangeForm, Shape } from '#properties/exchange';

const server = 0 as ThreadId;
const client = 1 as ThreadId;
const SERVER_ACTOR = 0;

/** Two actors of one thread each: on one site, or each on its own. */
const together: ChorusScope = { threads: [1, 1], sites: [0, 0] };
const elsewhere: ChorusScope = { threads: [1, 1], sites: [0, 1] };

const serverPort = (state: ChorusState): Ui => state.ports[state.actors[SERVER_ACTOR]!.defaultPort]!.ui;

/** The network delivers whatever is under way, in order. */
function* delivered(look: () => ChorusState): Iterable<ChorusCall> {
  while (look().network.length > 0) yield { operation: 'packetArrives', packet: 0 };
}

const bodyOf = ({ parts, bytes }: Shape): string => '00'.repeat(parts * bytes);

const receive = (shape: Shape): ChorusCall => ({
  operation: 'ipcReceive', thread: server, from: { tag: 'default' }, delay: null, abortable: false, room: shape.parts * shape.bytes,
});

/** A body is one string of bytes: whoever has parts packs them, and unpacks them on the other side. */
const procedureCall = (scope: ChorusScope): ExchangeForm<ChorusState, ChorusCall> => ({
  scope: { ...scope },
  * before(_, shape) {
    yield receive(shape);
  },
  * calls(look, shape) {
    yield {
      operation: 'ipcCall', thread: client, source: null, destination: { ui: serverPort(look()), mode: null, coTarget: null }, annex: null,
      body: bodyOf(shape), delay: null, abortable: false, room: shape.parts * shape.bytes,
    };
    yield* delivered(look);
    yield { operation: 'ipcReply', thread: server, annex: null, body: bodyOf(shape) };
    yield* delivered(look);
    yield receive(shape);
  },
  passes: ({ parts }) => (parts === 1 ? 0 : 4),
  carries: ({ parts, bytes }) => parts * bytes <= 65_536,
});

export const chorusExchanges = { 'procedure call': procedureCall(together), 'to another site': procedureCall(elsewhere) };
