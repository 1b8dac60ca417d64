import { failures } from '#properties/network/failing';
import { aloneOnItsSite, besideItsBackup, chorusCrash, chorusDeletion } from '#properties/chorus/redirect-stage';
import type { ActorId, ChorusState, PortId } from '#model/chorus/state';
import {
  actorAt, callsOf, connected, errorOf, groupBy, isCall, portBy, receipts, returned, siteAt, siteOfPort, threadName, traffic, wentThrough,
} from '#properties/chorus/facts';
import { transparency } from '#properties/network/transparency';
import { chorusExcuses, chorusStage } from '#properties/chorus/stage';
import { besides, same } from '#properties/chorus/laws/changes';
import { destinationOf } from '#properties/chorus/laws/destinations';
import { destinationsOf } from '#properties/chorus/laws/groups';
import { roomFor } from '#properties/chorus/laws/reason';
import { isMapped, lengthOf } from '#properties/chorus/laws/sent';
import type { CallOf, ChorusLaws, ChorusStep } from '#properties/chorus/obligation';

type Sends = CallOf<'ipcSend'> | CallOf<'ipcCall'>;
const sends = (step: ChorusStep): step is ChorusStep & { readonly call: Sends } => isCall(step, 'ipcSend', 'ipcCall');

/** Requests that were on a site, of clients that are not. */
function orphans({ before }: ChorusStep, site: number): readonly number[] {
  return before.transactions.flatMap(({ life, site: home }, id) => {
    if (life !== 'open' || home === site) return [];
    const { errand } = before.transactions[id]!;
    if (errand.tag === 'flush' && before.objects[errand.object]!.site === site) return [id];
    const there = before.ports.some(({ queue, actor }) => before.actors[actor]!.site === site && queue.some(({ transaction }) => transaction === id))
      || before.threads.some(({ current, actor }) => before.actors[actor]!.site === site && current?.message.transaction === id)
      || before.actors.some(({ saved, site: home_ }) => home_ === site && saved.some((kept) => kept?.message.transaction === id));
    return there ? [id] : [];
  });
}

export const hasGone = (state: ChorusState, ui: number): boolean => state.ports.some((port) => port.life === 'dead' && port.ui === ui);

export const failureLaws = {
  'chorus/crash-ends-all-on-the-site': {
    relates: failures(chorusCrash, aloneOnItsSite),
    on: ['siteCrashes'],
    step: (step) => {
      if (!isCall(step, 'siteCrashes')) return [];
      const { before, after, call: { site } } = step;
      const here = (actor: number) => before.actors[actor]!.site === site;
      const gone = [
        ...after.actors.flatMap(({ life }, id) => (here(id) && life === 'live' ? [`A${id + 1} outlives its site`] : [])),
        ...after.threads.flatMap(({ life, actor }, id) => (here(actor) && life === 'live' ? [`t${id + 1} outlives its site`] : [])),
        ...after.ports.flatMap(({ life, actor, queue }, id) => (here(actor) && (life === 'live' || queue.length > 0) ? [`p${id + 1} outlives its site`] : [])),
      ];
      const failed = orphans(step, site).filter((id) => after.transactions[id]!.life === 'open').map((id) => `x${id + 1} cannot be answered any more, and its client will not notice`);
      return [
        ...gone, ...failed, ...(after.sites[site]!.up ? ['the site is up'] : []), ...(step.events.length > 0 ? ['somebody was told of a crash at once'] : []),
        ...besides(
          step, 'memory', `S${site + 1}.up`, `S${site + 1}.regions`, ...before.actors.flatMap((_, id) => (here(id) ? [new RegExp(`^A${id + 1}\\.`)] : [])),
          ...before.threads.flatMap(({ actor }, id) => (here(actor) ? [new RegExp(`^t${id + 1}\\.`)] : [])),
          ...before.ports.flatMap(({ actor }, id) => (here(actor) ? [new RegExp(`^p${id + 1}\\.`)] : [])),
          ...before.groups.flatMap(({ members }, id) => (members.some((port) => here(before.ports[port]!.actor)) ? [`g${id + 1}.members`] : [])),
          // What the site kept of answers that it gave is gone with it.
          ...before.transactions.flatMap(({ sent }, id) => (sent?.answer?.from === site ? [`x${id + 1}.sent`] : [])),
          ...before.transactions.flatMap(({ site: home }, id) => (home === site || orphans(step, site).includes(id) ? [`x${id + 1}.life`, `x${id + 1}.errand`] : [])),
        ),
      ];
    },
    sometimes: {
      'a site crashes that has requests from elsewhere': (step) => isCall(step, 'siteCrashes') && orphans(step, step.call.site).length > 0,
      'a site crashes that has members of a group': (step) => isCall(step, 'siteCrashes')
        && step.before.groups.some(({ members }, id) => members.length > step.after.groups[id]!.members.length),
    },
  },

  'chorus/rebooted-site-begins-anew': {
    on: ['siteReboots'],
    step: (step) => {
      if (!isCall(step, 'siteReboots')) return [];
      const { before, after, call: { site } } = step;
      return [
        ...(after.sites[site]!.up && after.sites[site]!.epoch === before.sites[site]!.epoch + 1 ? [] : ['the site is not started anew']),
        ...(after.actors.filter(({ life, site: home }) => life === 'live' && home === site).length === 1 ? [] : ['the site has something that it had before']),
        ...besides(step, /^S\d+\.(up|epoch|made)$/, `new A${before.actors.length + 1}`, `new t${before.threads.length + 1}`, `new p${before.ports.length + 1}`),
      ];
    },
    sometimes: { 'a site reboots': (step) => isCall(step, 'siteReboots') },
  },

  'chorus/partition-hides-sites-from-each-other': {
    step: (step) => {
      const { call, before, after } = step;
      if (call.operation === 'linkFails') {
        return [...(connected(after, call.site, call.other) ? ['sites whose link is down reach each other'] : []), ...besides(step, 'links')];
      }
      const { before: old, after: now } = traffic(step);
      return [...now].flatMap(([serial, [, place]]) => {
        const was = old.get(serial)?.[1];
        if (was?.at !== 'network' || place.at === 'network') return [];
        const { from, to } = before.network[was.index]!;
        return connected(before, from, to) ? [] : [`message ${serial} passed a link that is down`];
      }).concat(!sends(step) || errorOf(step) !== null ? [] : after.network.slice(before.network.length).flatMap(({ from, to }) =>
        (connected(before, from, to) ? [] : ['a message was sent to a site that cannot be reached'])));
    },
    sometimes: {
      'a link fails while something is under way': (step) => isCall(step, 'linkFails') && step.before.network.length > 0,
      'a port that cannot be reached is sent to': (step) => sends(step) && portBy(step.before, step.call.destination.ui) !== null
        && !connected(step.before, siteAt(step.before, step.call.thread), siteOfPort(step.before, portBy(step.before, step.call.destination.ui)!)),
    },
  },

  'chorus/healing-revives-nothing': {
    on: ['linkHeals'],
    step: (step) => {
      if (!isCall(step, 'linkHeals')) return [];
      const { before, after, call: { site, other } } = step;
      const up = before.sites[site]!.up && before.sites[other]!.up;
      return [...(connected(after, site, other) === up ? [] : ['sites whose link is up do not reach each other']), ...besides(step, 'links')];
    },
    sometimes: { 'a link heals': (step) => isCall(step, 'linkHeals') },
  },

  'chorus/planned-redirect-by-migration': {
    on: ['ipcSend', 'ipcCall', 'actorDelete'],
    step: (step) => {
      const { before, after } = step;
      const moved = before.ports.flatMap(({ life, actor, ui }, id) => (life === 'live' && wasElsewhere(before, ui, actor) ? [id as PortId] : []));
      if (step.call.operation === 'actorDelete') {
        return moved.flatMap((port) => (wentThrough(step) && after.actors[before.ports[port]!.actor]!.life === 'live' && (after.ports[port]!.life === 'dead'
          || !same(after.ports[port]!.queue, before.ports[port]!.queue)) ? [`p${port + 1}, which has moved, went with another actor`] : []));
      }
      if (!sends(step)) return [];
      const port = portBy(before, step.call.destination.ui);
      if (port === null || !moved.includes(port) || step.call.destination.mode !== null) return [];
      const near = connected(before, siteAt(before, step.call.thread), siteOfPort(before, port)) && roomFor(before, step.call.thread, port);
      const { body } = step.call;
      const plain = lengthOf(body) <= before.limits.body && isMapped(before, step.call.thread, body) && (step.call.source === null
        || (before.actors[actorAt(before, step.call.thread)]!.ports[step.call.source] ?? null) !== null);
      return near && plain && errorOf(step) !== null && errorOf(step) !== 'K_EABORT' && errorOf(step) !== 'K_EMAPPER' ? ['a sender was refused because the port had moved'] : [];
    },
    sometimes: {
      'a port that has moved is sent to': (step) => sends(step) && returned(step) && portBy(step.before, step.call.destination.ui) !== null
        && wasElsewhere(step.before, step.call.destination.ui, step.before.ports[portBy(step.before, step.call.destination.ui)!]!.actor),
      'the old actor of a port goes': (step) => isCall(step, 'actorDelete') && wentThrough(step) && step.before.ports.some(({ life, ui, actor }, id) =>
        life === 'live' && step.after.ports[id]!.life === 'live' && wasElsewhere(step.before, ui, actor)),
    },
  },

  'chorus/unplanned-redirect-by-groups': {
    relates: failures(chorusDeletion, besideItsBackup),
    on: ['ipcSend', 'ipcCall'],
    step: (step) => {
      if (!sends(step) || step.call.destination.mode !== 'func') return [];
      const { before } = step;
      const group = groupBy(before, step.call.destination.ui);
      if (group === null) return [];
      const alive = before.groups[group]!.members.filter((port) => before.ports[port]!.life === 'live'
        && connected(before, siteAt(before, step.call.thread), siteOfPort(before, port)));
      const reached = destinationsOf(step);
      const told = errorOf(step);
      return [
        ...reached.flatMap((port) => (port === null || alive.includes(port) ? [] : [`a message for the group went to p${port + 1}, which is not there for it`])),
        ...(told === 'K_EUNKNOWN' && alive.length > 0 ? ['a message for the group was refused although a member is there'] : []),
      ];
    },
    sometimes: {
      'a member is chosen after another one has gone': (step) => sends(step) && step.call.destination.mode === 'func' && destinationsOf(step).length === 1
        && step.before.ports.some(({ life }) => life === 'dead') && groupBy(step.before, step.call.destination.ui) !== null,
    },
  },

  'chorus/takeover-of-a-name': {
    on: ['portDeclare', 'ipcSend', 'ipcCall'],
    step: (step) => {
      if (isCall(step, 'portDeclare')) {
        if (!returned(step) || !hasGone(step.before, step.call.ui)) return [];
        const port = step.after.ports.at(-1)!;
        return port.queue.length === 0 && port.ui === step.call.ui ? [] : ['what was sent before the takeover is there'];
      }
      if (!sends(step) || errorOf(step) !== null || !hasGone(step.before, step.call.destination.ui)) return [];
      const port = portBy(step.before, step.call.destination.ui);
      return destinationsOf(step).flatMap((reached) => (reached === port && port !== null ? [] : ['a message went past the port that has the identifier now']));
    },
    sometimes: {
      'the identifier of a port that has gone is declared': (step) => isCall(step, 'portDeclare') && returned(step) && hasGone(step.before, step.call.ui),
      'a message goes to the new port': (step) => sends(step) && destinationsOf(step).length > 0 && hasGone(step.before, step.call.destination.ui),
    },
  },

  'chorus/other-threads-go-on-serving': {
    on: ['threadDelete'],
    step: (step) => (wentThrough(step) ? step.before.ports.flatMap(({ life, queue }, id) =>
      (life === 'live' && (step.after.ports[id]!.life === 'dead' || !same(step.after.ports[id]!.queue, queue))
        ? [`p${id + 1} is not as it was before a thread went`] : [])) : []),
    sometimes: { 'a thread goes, and its port has messages': (step) => isCall(step, 'threadDelete') && wentThrough(step)
      && step.before.ports.some(({ queue }) => queue.length > 0) },
  },

  'chorus/nothing-else-redirects': {
    step: (step) => {
      const { before, after } = traffic(step);
      return [...after].flatMap(([serial, [message, place]]) => {
        const was = before.get(serial)?.[1];
        if (place.at !== 'queue' || was?.at === 'queue' || groupBy(step.after, message.target) !== null) return [];
        return step.after.ports[place.port]!.ui === message.target ? [] : [`message ${serial} is queued at p${place.port + 1}, which it was not sent to`];
      });
    },
    sometimes: {
      'a message is sent to a port whose actor has gone': (step) => sends(step) && step.before.ports.some(({ life, ui, actor }) =>
        life === 'dead' && ui === step.call.destination.ui && step.before.actors[actor]!.life === 'dead'),
    },
  },

  'chorus/network-changes-no-arguments': {
    relates: transparency(chorusStage, chorusExcuses),
    on: ['ipcSend', 'ipcCall', 'packetArrives'],
    step: (step) => {
      if (isCall(step, 'packetArrives')) {
        return receipts(step).flatMap(({ thread, message }) => {
          const sent = traffic(step).before.get(message.serial)?.[0];
          return sent === undefined || same(sent, message) ? [] : [`${threadName(thread)} got something else than was sent from the other site`];
        });
      }
      if (!sends(step)) return [];
      const expected = destinationOf(step.before, step.call);
      if (expected?.tag !== 'one' || expected.ports.some((port) => siteOfPort(step.before, port) === siteAt(step.before, step.call.thread))) return [];
      const error = errorOf(step);
      const local = ['K_EFULL', 'K_EUNKNOWN', 'K_EINVAL', 'K_ETOOMUCH', 'K_EABORT', 'K_EFAULT', 'K_EMAPPER'];
      return error === null || local.includes(error) ? [] : [`${step.call.operation} to another site gave ${error}, which one on the same site does not`];
    },
    sometimes: {
      'a port on another site is sent to': (step) => isCall(step, 'ipcSend') && returned(step) && step.after.network.length > step.before.network.length,
      'a port on another site is called': (step) => isCall(step, 'ipcCall') && callsOf(step.after).length > callsOf(step.before).length
        && step.after.network.length > step.before.network.length,
    },
  },
} satisfies ChorusLaws;

/** Whether the port of an identifier is on another site, or in another actor, than it was made in. */
function wasElsewhere(state: ChorusState, ui: number, actor: ActorId): boolean {
  const made = state.uis[ui]!;
  if (made.tag !== 'made') return false;
  return made.site !== state.actors[actor]!.site || state.ports.some((port) => port.ui === ui && port.li > 0 && state.actors.some(({ ports }, id) => id !== actor
    && ports.length > port.li && ports[port.li] === null));
}
