import { ideal } from '#model/mach-network/mechanisms';
import { amend, entryFor, entryNamed } from '#model/mach-network/entries';
import { ask, minding, self, serverOf } from '#model/mach-network/world';
import { suspendProxy } from '#model/mach-network/proxies';
import { newPortOf } from '#model/mach-network/proxies';
import { addSend } from '#model/mach-network/arriving';
import { swapped } from '#model/mach-network/bytes';
import type { MachNetworkMutants } from '#properties/mach-network/obligation';

export const tableMutants: MachNetworkMutants = {
  'death-is-known-everywhere': {
    rule: 'mach-network/kernel-knows-no-network',
    fault: 'every node knows of a death at once, without a word',
    mechanisms: {
      bury: (world, node, real) => {
        ideal.bury(world, node, real);
        world.state.nodes.forEach(({ up }, other) => { if (up && other !== node) ideal.declareDead(world, other, real.id.public); });
      },
    },
  },
  'checkup-looks-into-other-minds': {
    rule: 'mach-network/kernel-knows-no-network',
    fault: 'a checkup makes all other servers forget what they are asking',
    mechanisms: {
      checkUp: (world, node) => {
        ideal.checkUp(world, node);
        world.state.nodes.forEach(({ up, manager }, other) => {
          if (up && other !== node) for (const { id } of manager.entries) amend(world, other, id.public, { asked: 'nobody' });
        });
      },
    },
  },
  'second-right-makes-a-second-proxy': {
    rule: 'mach-network/remote-port-has-one-proxy',
    fault: 'every send right that comes gets a proxy of its own',
    mechanisms: {
      importSend: (world, node, id, undo) => {
        if (entryFor(world, node, id.public)?.tag !== 'proxy') return ideal.importSend(world, node, id, undo);
        const { local: { name } } = ideal.makeProxy(world, node, id, 'port');
        addSend(world, node, name, false);
        return name;
      },
    },
  },
  'proxy-is-outside-the-set': {
    rule: 'mach-network/remote-port-has-one-proxy',
    fault: 'no messages are taken from a proxy that has just been made',
    mechanisms: {
      makeProxy: (world, node, id, kind) => {
        const proxy = ideal.makeProxy(world, node, id, kind);
        ask(world, node, 'mach_port_move_member', { ...self(world, node), member: proxy.local.name, set: 0 as never });
        return proxy;
      },
    },
  },
  'right-is-kept-when-sent-on': {
    rule: 'mach-network/remote-port-has-one-proxy',
    fault: 'a server keeps one more reference each time that a right goes through it',
    mechanisms: {
      exportSend: (world, node, name) => {
        const known = entryNamed(world, node, name);
        return known === null ? ideal.exportSend(world, node, name) : { tag: 'send', id: { ...known.id, secret: null } };
      },
    },
  },
  'port-lives-on-two-nodes': {
    rule: 'mach-network/remote-port-has-one-proxy',
    fault: 'a server goes on receiving for a port whose receive right it has sent away',
    mechanisms: {
      exportReceive: (world, node, name, to) => {
        const known = entryNamed(world, node, name);
        const right = ideal.exportReceive(world, node, name, to);
        if (known?.tag === 'real') minding(world, node).entries = serverOf(world, node).entries.map((entry) => (entry.id.public === known.id.public ? known : entry));
        return right;
      },
    },
  },
  'secret-goes-with-send-rights': {
    rule: 'mach-network/identifier-is-made-on-demand',
    fault: 'whoever gets a send right learns the secret of the port',
    mechanisms: {
      exportSend: (world, node, name) => {
        const right = ideal.exportSend(world, node, name);
        const entry = entryNamed(world, node, name);
        return right.tag === 'send' && entry !== null ? { tag: 'send', id: entry.id } : right;
      },
    },
  },
  'secret-stays-behind': {
    rule: 'mach-network/identifier-is-made-on-demand',
    fault: 'a receive right goes without the secret of its port',
    mechanisms: {
      exportReceive: (world, node, name, to) => {
        const right = ideal.exportReceive(world, node, name, to);
        return right.tag === 'receive' ? { ...right, id: { ...right.id, secret: null } } : right;
      },
    },
  },
  'numbers-are-given-again': {
    rule: 'mach-network/identifier-is-made-on-demand',
    fault: 'the clock of a server stands still while it gives a right away',
    mechanisms: {
      exportOnce: (world, node, name, to) => {
        const { clock } = serverOf(world, node);
        const id = ideal.exportOnce(world, node, name, to);
        minding(world, node).clock = clock;
        return id;
      },
    },
  },
  'last-item-is-left-out': {
    rule: 'mach-network/message-passes-through-two-servers',
    fault: 'the last item of a message does not go over',
    mechanisms: {
      exportMessage: (world, node, message, to) => {
        const content = ideal.exportMessage(world, node, message, to);
        return { ...content, body: content.body.slice(0, -1) };
      },
    },
  },
  'message-number-is-lost': {
    rule: 'mach-network/message-passes-through-two-servers',
    fault: 'messages from elsewhere have no number',
    mechanisms: { exportMessage: (world, node, message, to) => ({ ...ideal.exportMessage(world, node, message, to), id: 0 }) },
  },
  'message-comes-to-the-neighbour': {
    rule: 'mach-network/message-passes-through-two-servers',
    fault: 'a message is given to the first port that the server knows here',
    mechanisms: {
      deliverHere: (world, node, real, content) => {
        const first = serverOf(world, node).entries.find((entry) => entry.tag === 'real' && entry.kind === 'port');
        return ideal.deliverHere(world, node, real.kind === 'port' && first?.tag === 'real' ? first : real, content);
      },
    },
  },
  'bytes-are-cut': {
    rule: 'mach-network/message-passes-through-two-servers',
    fault: 'the last byte of data is lost on the way',
    mechanisms: { convertData: (world, node, item, bigEndian) => ideal.convertData(world, node, item, bigEndian).replace(/..$/, '00') },
  },
  'rights-come-as-null': {
    rule: 'mach-network/right-becomes-an-identifier-and-back',
    fault: 'send rights that a server has not seen before arrive as none',
    mechanisms: {
      exportRight: (world, node, name, kind, to) => (kind === 'send' && name > 0 && entryNamed(world, node, name) === null ? { tag: 'null', kind } : ideal.exportRight(world, node, name, kind, to)),
    },
  },
  'right-is-for-the-wrong-port': {
    rule: 'mach-network/right-becomes-an-identifier-and-back',
    fault: 'a send right that goes out is for another port that the server knows',
    mechanisms: {
      exportSend: (world, node, name) => {
        const right = ideal.exportSend(world, node, name);
        const other = serverOf(world, node).entries.find((entry) => entry.tag !== 'gone' && entry.kind === 'port');
        return other === undefined ? right : { tag: 'send', id: { ...other.id, secret: null } };
      },
    },
  },
  'reply-right-is-dropped': {
    rule: 'mach-network/right-becomes-an-identifier-and-back',
    fault: 'the right to reply with does not go over',
    mechanisms: { exportMessage: (world, node, message, to) => ({ ...ideal.exportMessage(world, node, message, to), reply: { tag: 'null', kind: null } }) },
  },
  'right-that-comes-home-gets-a-proxy': {
    rule: 'mach-network/right-that-comes-home-is-real',
    fault: 'a right for a port that lives here is for something that stands for it',
    mechanisms: {
      importSend: (world, node, id, undo) => {
        if (entryFor(world, node, id.public)?.tag !== 'real') return ideal.importSend(world, node, id, undo);
        const name = newPortOf(world, node);
        addSend(world, node, name, false);
        return name;
      },
    },
  },
  'moved-port-is-a-new-one': {
    rule: 'mach-network/receive-right-moves-between-nodes',
    fault: 'a receive right that comes is for a new port, though something stood for the old one here',
    mechanisms: {
      importReceive: (world, node, id, requests, undo) => {
        const { entries } = serverOf(world, node);
        minding(world, node).entries = entries.filter((entry) => entry.id.public !== id.public);
        return ideal.importReceive(world, node, id, requests, undo);
      },
    },
  },
  'queue-does-not-follow-the-port': {
    rule: 'mach-network/receive-right-moves-between-nodes',
    fault: 'what waits for a port that has moved is not sent after it',
    mechanisms: {
      completeMessage: (world, node, sent, at) => ideal.completeMessage(world, node, { ...sent, content: { ...sent.content, body: [] } }, at),
    },
  },
  'memory-comes-as-zeros': {
    rule: 'mach-network/memory-crosses-as-bytes',
    fault: 'memory from another node is as new',
    mechanisms: { writeRegion: (world, node, item, bigEndian) => ideal.writeRegion(world, node, { ...item, bytes: item.bytes.replaceAll(/./g, '0') }, bigEndian) },
  },
  'memory-comes-from-the-start-of-the-page': {
    rule: 'mach-network/memory-crosses-as-bytes',
    fault: 'what is sent begins where the page does',
    mechanisms: { readRegion: (world, node, address, size) => ideal.readRegion(world, node, address - (address % 4), size) },
  },
  'numbers-are-not-converted': {
    rule: 'mach-network/data-is-converted-to-the-receiver',
    fault: 'numbers arrive as the machine that sent them has them',
    mechanisms: { convertData: (_world, _node, { bytes }) => bytes },
  },
  'all-data-is-turned-at-once': {
    rule: 'mach-network/data-is-converted-to-the-receiver',
    fault: 'data is turned round as if it were one number',
    mechanisms: {
      convertData: (world, node, { bytes, bits }, bigEndian) => (bigEndian === serverOf(world, node).bigEndian || bits <= 8 ? bytes : swapped(bytes, bytes.length * 4)),
    },
  },
  'one-way-messages-overtake': {
    rule: 'mach-network/one-way-messages-stay-in-order',
    fault: 'a server sends one-way messages without waiting for what becomes of those before',
    mechanisms: { suspendProxy: (world, node, port) => { if (serverOf(world, node).outgoing.some((sent) => sent.port === port && sent.blocked)) suspendProxy(world, node, port); } },
  },
};
