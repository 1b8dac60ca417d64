import { machNetwork } from '#model/mach-network/kernel';
import { ideal } from '#model/mach-network/mechanisms';
import { amend, forget, proxyFor } from '#model/mach-network/entries';
import { mach } from '#model/mach/kernel';
import { minding, serverOf, tellAll, type Servers } from '#model/mach-network/world';
import type { NodeId } from '#model/network/wire';
import { change } from '#model/operation';
import type { MachNetworkMutants } from '#properties/mach-network/obligation';

interface OnNode { readonly node: NodeId }

type Step = (world: Servers, call: OnNode) => unknown;

/** An operation that does something besides. */
const besides = (name: string, more: (world: Servers, call: OnNode) => void) => {
  const operation = machNetwork.operations[name]!;
  const step: Step = (world, call) => {
    const verdict = (operation.step as unknown as Step)(world, call);
    more(world, call);
    return verdict;
  };
  return { [name]: { ...operation, step } } as never;
};

export const whereaboutsMutants: MachNetworkMutants = {
  'moved-port-is-said-to-be-unknown': {
    rule: 'mach-network/moved-port-is-searched-for',
    fault: 'a server does not say where a port has gone that was here',
    mechanisms: {
      whereIs: (world, node, port, believed) => {
        const found = ideal.whereIs(world, node, port, believed);
        return found.whereabouts === 'not here but moved' ? { whereabouts: 'unknown', receiver: null } : found;
      },
    },
  },
  'hint-is-not-followed': {
    rule: 'mach-network/moved-port-is-searched-for',
    fault: 'a server that is told where a port has gone does not ask there',
    mechanisms: {
      answerComes: (world, node, from, answer) => { if (answer.whereabouts !== 'not here but moved') ideal.answerComes(world, node, from, answer); },
    },
  },
  'old-address-is-kept': {
    rule: 'mach-network/moved-port-is-searched-for',
    fault: 'a server that has found a port goes on believing what it believed',
    mechanisms: {
      answerComes: (world, node, from, answer) => {
        const proxy = proxyFor(world, node, answer.port);
        ideal.answerComes(world, node, from, answer);
        if (proxy !== null) amend(world, node, answer.port, { id: proxy.id });
      },
    },
  },
  'messages-go-to-the-owner': {
    rule: 'mach-network/moved-port-is-searched-for',
    fault: 'messages go to where the identifier of the port was made',
    mechanisms: {
      transmit: (world, node, sent) => {
        const proxy = proxyFor(world, node, sent.port);
        if (proxy === null || proxy.id.owner === node) return ideal.transmit(world, node, sent);
        amend(world, node, sent.port, { id: { ...proxy.id, receiver: proxy.id.owner } });
        ideal.transmit(world, node, sent);
        amend(world, node, sent.port, { id: proxy.id });
      },
    },
  },
  'owner-is-not-asked': {
    rule: 'mach-network/moved-port-is-searched-for',
    fault: 'a server that has had no luck asks nobody else',
    mechanisms: { answerComes: (world, node, from, answer) => { if (answer.whereabouts !== 'unknown') ideal.answerComes(world, node, from, answer); } },
  },
  'death-is-told-to-nobody': {
    rule: 'mach-network/port-death-is-told-at-once',
    fault: 'a server keeps the death of a port to itself',
    mechanisms: {
      bury: (world, node, real) => {
        const { packets } = world.state.wire;
        ideal.bury(world, node, real);
        change(world.state.wire as { packets: typeof packets }).packets = world.state.wire.packets.filter(({ cargo }) => cargo.tag !== 'death');
      },
    },
  },
  'death-is-not-noticed': {
    rule: 'mach-network/port-death-is-told-at-once',
    fault: 'a server does not heed what the kernel says of dead names',
    mechanisms: { heed: (world, node, message) => { if (message.id !== 72) ideal.heed(world, node, message); } },
  },
  'port-is-asked-for-for-ever': {
    rule: 'mach-network/silent-port-is-declared-dead',
    fault: 'a server that nobody has answered asks once more',
    mechanisms: {
      searchOn: (world, node, port) => {
        if (proxyFor(world, node, port)?.asked === 'everyone') tellAll(world, node, { tag: 'question', port, believed: node });
        else ideal.searchOn(world, node, port);
      },
    },
  },
  'port-is-dead-after-one-question': {
    rule: 'mach-network/silent-port-is-declared-dead',
    fault: 'a server declares a port dead if its receiver is silent once',
    mechanisms: {
      searchOn: (world, node, port) => {
        if (proxyFor(world, node, port)?.asked === 'receiver') world.mechanisms.declareDead(world, node, port);
        else ideal.searchOn(world, node, port);
      },
    },
  },
  'hint-of-death-is-not-believed': {
    rule: 'mach-network/silent-port-is-declared-dead',
    fault: 'a server does not heed it that another says that a port is dead',
    mechanisms: { packetComes: (world, packet) => { if (packet.cargo.tag !== 'death') ideal.packetComes(world, packet); } },
  },
  'dead-port-lives-on-for-its-holders': {
    rule: 'mach-network/silent-port-is-declared-dead',
    fault: 'a server forgets a port that is dead, and what stood for it lives on',
    mechanisms: { declareDead: (world, node, port) => { if (proxyFor(world, node, port) !== null) forget(world, node, port); } },
  },
  'unused-proxy-is-kept': {
    rule: 'mach-network/unused-proxy-is-given-up',
    fault: 'a proxy that nobody uses is asked after for ever',
    mechanisms: { isUsed: () => true },
  },
  'proxy-with-messages-is-given-up': {
    rule: 'mach-network/unused-proxy-is-given-up',
    fault: 'a proxy that is used by nothing but messages under way is given up',
    mechanisms: {
      isUsed: (world, node, proxy) => {
        const { outgoing } = serverOf(world, node);
        minding(world, node).outgoing = [];
        const used = ideal.isUsed(world, node, proxy);
        minding(world, node).outgoing = [...outgoing];
        return used;
      },
    },
  },
  'crashed-machine-is-thought-alive': {
    rule: 'mach-network/crash-kills-the-ports-of-a-node',
    fault: 'a server never gives up a port whose owner is its receiver',
    mechanisms: {
      searchOn: (world, node, port) => {
        const proxy = proxyFor(world, node, port);
        if (proxy?.asked === 'everyone' && proxy.id.owner === proxy.id.receiver) amend(world, node, port, { asked: 'nobody' });
        ideal.searchOn(world, node, port);
      },
    },
  },
  'crash-is-told': {
    rule: 'mach-network/crash-kills-the-ports-of-a-node',
    fault: 'the others are told when a machine crashes',
    operations: besides('node_crashes', (world, { node }) => tellAll(world, node, { tag: 'restarted' })),
  },
  'machine-comes-up-as-it-was': {
    rule: 'mach-network/machine-crash-hands-nothing-over',
    fault: 'a machine that comes up still has the ports that it had',
    operations: {
      node_reboots: {
        ...machNetwork.operations['node_reboots']!,
        step: ((world: Servers, { node }: OnNode) => {
          Object.assign(change(world.state.nodes[node]!), { up: true, epoch: world.state.nodes[node]!.epoch + 1 });
          ideal.nodeHasStarted(world, node);
          return { tag: 'returned', value: null };
        }) as never,
      },
    },
  },
  'healed-link-starts-servers-over': {
    rule: 'mach-network/partition-looks-like-death',
    fault: 'servers notice that a link is up again',
    operations: besides('link_heals', (world) => world.state.nodes.forEach(({ up, manager }, node) => {
      if (up) minding(world, node).entries = manager.entries.map((entry) => (entry.tag === 'proxy' ? { ...entry, asked: 'nobody' } : entry));
    })),
  },
  'packets-are-lost-with-the-link': {
    rule: 'mach-network/partition-looks-like-death',
    fault: 'a link that is up again has lost what was under way',
    operations: besides('link_heals', (world) => { Object.assign(change(world.state.wire), { packets: [] }); }),
  },
  'new-server-remembers': {
    rule: 'mach-network/restarted-server-loses-its-proxies',
    fault: 'a new server thinks it has what the old one had',
    operations: {
      netmsgserver_restarts: {
        ...machNetwork.operations['netmsgserver_restarts']!,
        step: ((world: Servers, call: OnNode) => {
          const { entries } = serverOf(world, call.node);
          const verdict = (machNetwork.operations['netmsgserver_restarts']!.step as unknown as Step)(world, call);
          minding(world, call.node).entries = [...entries];
          return verdict;
        }) as never,
      },
    },
  },
  'proxies-outlive-their-server': {
    rule: 'mach-network/restarted-server-loses-its-proxies',
    fault: 'ports live on when the task that receives from them ends',
    mechanisms: { killTask: ((world: { state: typeof mach extends { boot: (scope: never) => infer S } ? S : never }, task: number) => { change(world.state.tasks[task]!).life = 'dead'; }) } as never,
  },
  'new-server-is-quiet': {
    rule: 'mach-network/restarted-server-is-checked-upon',
    fault: 'a machine that comes up tells nobody',
    mechanisms: { nodeHasStarted: () => {} },
  },
  'new-server-is-not-asked': {
    rule: 'mach-network/restarted-server-is-checked-upon',
    fault: 'a server does not heed it that another is new',
    mechanisms: { peerHasRestarted: () => {} },
  },
  'only-one-port-is-checked': {
    rule: 'mach-network/restarted-server-is-checked-upon',
    fault: 'a new server is asked for the first of the ports that it was believed to have',
    mechanisms: {
      peerHasRestarted: (world, node, from) => {
        const first = serverOf(world, node).entries.find((entry) => entry.tag === 'proxy' && entry.id.receiver === from && entry.asked === 'nobody');
        if (first !== undefined) world.mechanisms.searchOn(world, node, first.id.public);
      },
    },
  },
};

