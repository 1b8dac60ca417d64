import type { Actor, ChorusState, Current, Message, Packet, Port, Run, Thread } from '#model/chorus/state';

/** A Chorus state for people: a line for each site, actor, port, group, thread and packet that is there. */
export function showChorus(state: ChorusState): readonly string[] {
  return [
    ...state.sites.map(({ up, epoch }, id) => `site S${id + 1}  ${up ? `up, started ${epoch}×` : 'down'}`),
    ...state.apart.map(({ one, other }) => `link  S${one + 1} and S${other + 1} cannot reach each other`),
    ...state.actors.flatMap((actor, id) => (actor.life === 'live' ? [showActor(actor, id)] : [])),
    ...state.ports.flatMap((port, id) => (port.life === 'live' ? [showPort(port, id)] : [])),
    ...state.groups.map(({ kind, ui, members }, id) => `group g${id + 1}  u${ui} ${kind} {${members.map((port) => `p${port + 1}`).join(' ')}}`),
    ...state.threads.flatMap((thread, id) => (thread.life === 'live' ? showThread(thread, id) : [])),
    ...state.network.map(showPacket),
  ];
}

function showActor({ ui, site, privilege, stopped, pi, ports, saved }: Actor, id: number): string {
  const named = ports.flatMap((port, li) => (port === null ? [] : [`l${li}=p${port + 1}`]));
  const kept = saved.flatMap((message, at) => (message === null ? [] : [`m${at}=${showCurrent(message)}`]));
  return [`actor A${id + 1}  u${ui} on S${site + 1}, ${privilege}`, stopped ? 'stopped' : '', `pi ${pi}`, ...named, ...kept].filter(Boolean).join('  ');
}

function showPort({ ui, actor, priority, received, queue }: Port, id: number): string {
  const enabled = priority === null ? '' : `enabled at ${priority}`;
  return [`port p${id + 1}  u${ui} of A${actor + 1}`, enabled, received > 0 ? `received ${received}`
    : '', `[${queue.map(showMessage).join(' ')}]`].filter(Boolean).join('  ');
}

const showMessage = ({ serial, transaction, body }: Message): string =>
  `${transaction === null ? `msg${serial}` : `request of x${transaction + 1}`}(${body})`;

const showCurrent = ({ message, kept }: Current): string => `${showMessage(message)}${kept ? ' with its body' : ''}`;

function showThread({ run, active, suspends, aborted, current }: Thread, id: number): readonly string[] {
  const parts = [
    active ? '' : 'inactive', suspends > 0 ? `suspended ${suspends}×` : '', aborted ? 'aborted' : '', showRun(run) ?? '',
    current === null ? '' : `has ${showCurrent(current)}`,
  ].filter(Boolean);
  return parts.length === 0 ? [] : [`thread t${id + 1}  ${parts.join(', ')}`];
}

function showRun(run: Run): string | null {
  switch (run.tag) {
    case 'ready': return null;
    case 'receiving': return `waits for a message of ${run.from.tag === 'any' ? 'any enabled port' : `p${run.from.port + 1}`}`;
    case 'calling': return `waits for the answer to x${run.transaction + 1}`;
    case 'delaying': return 'sleeps';
    case 'locking': return `waits for lock ${run.at}`;
    case 'resuming': return 'has its page';
    case 'paging': return `waits for page ${run.page} of o${run.object + 1}`;
    case 'flushing': return `waits for the end of x${run.transaction + 1}, a flush`;
    case 'answered': return `has its answer: ${run.error ?? 'success'}`;
  }
}

function showPacket({ from, to, cargo }: Packet, place: number): string {
  const what = cargo.tag === 'message' ? showMessage(cargo.message) : cargo.tag === 'second message' ? `once more ${showMessage(cargo.message)}`
    : `${cargo.tag} of x${cargo.transaction + 1}`;
  return `packet ${place}  S${from + 1} → S${to + 1}  ${what}`;
}
