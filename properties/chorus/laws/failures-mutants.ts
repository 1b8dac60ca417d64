import { hasGone } from '#properties/chorus/laws/failures';
import { killActor } from '#model/chorus/actors/kill';
import { enqueue, routeTo } from '#model/chorus/messages/send';
import { startSite } from '#model/chorus/network/network';
import type { PortId } from '#model/chorus/state';
import { change, raised } from '#model/operation';
import { connected, portBy, siteAt, siteOfPort } from '#properties/chorus/facts';
import { afterwards, altered, around } from '#properties/chorus/laws/faults';
import type { ChorusMutants } from '#properties/chorus/obligation';

export const failureMutants: ChorusMutants = {
  'crash-spares-groups': {
    rule: 'chorus/crash-ends-all-on-the-site',
    fault: 'the ports of a site that crashed live on',
    operations: around('siteCrashes', (world, call, step) => step(altered(world, { killActor: (inner, id) => killActor(altered(inner,
      { destroyPort: () => undefined }), id) }), call)),
  },
  'crash-forgets-its-clients': {
    rule: 'chorus/crash-ends-all-on-the-site',
    fault: 'clients elsewhere of a site that crashed will never notice',
    operations: around('siteCrashes', (world, call, step) => step(altered(world, { failRequest: () => undefined }), call)),
  },
  'crash-takes-the-network-along': {
    rule: 'chorus/crash-ends-all-on-the-site',
    fault: 'a crash loses the packets between all sites',
    operations: afterwards('siteCrashes', ({ state }) => { change(state).network = []; }),
  },
  'reboot-has-no-number': {
    rule: 'chorus/rebooted-site-begins-anew',
    fault: 'a site that reboots has been started as often as before',
    mechanisms: {
      startSite: (world, id) => {
        startSite(world, id);
        change(world.state.sites[id]!).epoch -= 1;
      },
    },
  },
  'reboot-revives-an-actor': {
    rule: 'chorus/rebooted-site-begins-anew',
    fault: 'an actor of a site that crashed is there again after the reboot',
    operations: afterwards('siteReboots', ({ state }, { site }) => {
      const old = state.actors.find(({ life, site: home }) => life === 'dead' && home === site);
      if (old !== undefined) {
        change(old).life = 'live';
        change(state.ports[old.defaultPort]!).life = 'live';
        change(old.ports)[state.ports[old.defaultPort]!.li] = old.defaultPort;
      }
    }),
  },
  'packets-pass-broken-links': {
    rule: 'chorus/partition-hides-sites-from-each-other',
    fault: 'a message is sent to a site that cannot be reached',
    mechanisms: {
      routeTo: (world, site, destination) => {
        const route = routeTo(world, site, destination);
        const port = portBy(world.state, destination.ui);
        return route.tag === 'unknown' && port !== null && destination.mode === null ? { tag: 'one of', ports: [port] } : route;
      },
    },
  },
  'partition-loses-what-is-under-way': {
    rule: 'chorus/partition-hides-sites-from-each-other',
    fault: 'what is under way is gone when a link fails',
    operations: afterwards('linkFails', ({ state }) => { change(state).network = []; }),
  },
  'healing-heals-nothing': {
    rule: 'chorus/healing-revives-nothing',
    fault: 'what was under way is gone when a link heals',
    operations: afterwards('linkHeals', ({ state }) => { change(state).network = state.network.slice(1); }),
  },
  'healing-drops-the-queues': {
    rule: 'chorus/healing-revives-nothing',
    fault: 'queues are emptied when a link heals',
    operations: afterwards('linkHeals', ({ state }) => { for (const port of state.ports) change(port).queue = []; }),
  },
  'moved-port-refuses-its-senders': {
    rule: 'chorus/planned-redirect-by-migration',
    fault: 'senders to a port that has left its site are refused',
    operations: around('ipcSend', (world, call, step) => {
      const { state } = world;
      const port = portBy(state, call.destination.ui);
      const made = state.uis[call.destination.ui];
      const left = port !== null && made?.tag === 'made' && made.site !== siteOfPort(state, port);
      return left && connected(state, siteAt(state, call.thread), siteOfPort(state, port)) && call.source === null ? raised('K_EUNKNOWN') : step(world, call);
    }),
  },
  'group-does-not-outlive-a-member': {
    rule: 'chorus/unplanned-redirect-by-groups',
    fault: 'a group that has lost a member is unknown in functional mode',
    mechanisms: {
      routeTo: (world, site, destination) => {
        const lost = world.state.ports.some(({ life }) => life === 'dead');
        const route = routeTo(world, site, destination);
        return destination.mode === 'func' && route.tag === 'one of' && lost ? { tag: 'unknown' } : route;
      },
    },
  },
  'takeover-inherits-the-queue': {
    rule: 'chorus/takeover-of-a-name',
    fault: 'a port that takes over an identifier finds a message there',
    operations: around('portDeclare', (world, call, step) => {
      const gone = hasGone(world.state, call.ui);
      const verdict = step(world, call);
      const message = world.state.ports.find(({ queue }) => queue.length > 0)?.queue[0];
      if (verdict.tag === 'returned' && gone && message !== undefined) change(world.state.ports.at(-1)!).queue = [message];
      return verdict;
    }),
  },
  'port-goes-with-its-thread': {
    rule: 'chorus/other-threads-go-on-serving',
    fault: 'the queues of an actor are emptied when one of its threads goes',
    operations: around('threadDelete', (world, call, step) => {
      const id = call.target ?? call.thread;
      const verdict = step(world, call);
      if (verdict.tag !== 'raised') {
        const { actor } = world.state.threads[id]!;
        for (const port of world.state.ports) if (port.actor === actor) change(port).queue = [];
      }
      return verdict;
    }),
  },
  'nucleus-finds-a-substitute': {
    rule: 'chorus/nothing-else-redirects',
    fault: 'a message for a port whose actor has gone is queued at the port of another actor of the site',
    mechanisms: {
      routeTo: (world, site, destination) => {
        const { state } = world;
        const route = routeTo(world, site, destination);
        const dead = state.ports.some(({ life, ui, actor }) => life === 'dead' && ui === destination.ui && state.actors[actor]!.life === 'dead');
        const heir = state.ports.findIndex(({ life }, id) => life === 'live' && siteOfPort(state, id as PortId) === site);
        return route.tag === 'unknown' && dead && heir >= 0 ? { tag: 'one of', ports: [heir as PortId] } : route;
      },
    },
  },
  'remote-messages-are-cut': {
    rule: 'chorus/network-changes-no-arguments',
    fault: 'a message from another site has lost its co-target and its annex',
    mechanisms: {
      arriveAtPort: (world, packet) => {
        const { cargo } = packet;
        if (cargo.tag !== 'message') return;
        const port = portBy(world.state, cargo.port);
        if (port !== null && world.state.ports[port]!.queue.length < world.state.limits.queue) enqueue(world, port, { ...cargo.message, annex: '', coTarget: null });
      },
    },
  },
  'remote-errors-differ': {
    rule: 'chorus/network-changes-no-arguments',
    fault: 'a full network is reported as a port that is gone',
    operations: around('ipcSend', (world, call, step) => {
      const verdict = step(world, call);
      const port = portBy(world.state, call.destination.ui);
      const remote = port !== null && siteOfPort(world.state, port) !== siteAt(world.state, call.thread);
      return remote && verdict.tag === 'raised' && verdict.error === 'K_EFULL' ? raised('K_ENOPORT' as 'K_EFULL') : verdict;
    }),
  },
};
