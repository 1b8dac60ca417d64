import type { Message, PortId } from '#model/mach/state';
import { countSendOnceRights, countSendRights, isLive, portName, receiversOf, rightsIn } from '#properties/mach/facts';
import { sendOnceNotices } from '#properties/mach/laws/dequeues';
import type { MachStep } from '#properties/mach/obligation';

/** Send-once rights to live ports in a message that a step destroyed, by port. */
export function onceRightsLost({ after }: MachStep, message: Pick<Message, 'reply' | 'body'>): Map<PortId, number> {
  const lost = new Map<PortId, number>();
  for (const { port, kind } of rightsIn(message as Message)) {
    if (kind === 'send-once' && isLive(after, port)) lost.set(port, (lost.get(port) ?? 0) + 1);
  }
  return lost;
}

/** What is left of the rights in a message that a step destroyed: rights that still count, and ports that nobody tells. */
export function survivingRights(step: MachStep, message: Pick<Message, 'reply' | 'body'>): readonly string[] {
  const { after } = step;
  const ports = new Set([...rightsIn(message as Message)].map(({ port }) => port).filter((port) => isLive(after, port)));
  if (ports.size === 0) return [];
  const sends = countSendRights(after);
  const onces = countSendOnceRights(after);
  const untold = [...onceRightsLost(step, message)].filter(([port, count]) => sendOnceNotices(step, port) < count);
  // One variant counts a sender for ever that it has made a dead name of.
  const leaks = after.variant === 'gnumach';
  const miscounts = (port: PortId) => (leaks ? after.ports[port]!.sendRights < sends[port]! : after.ports[port]!.sendRights !== sends[port]);
  return [
    ...[...ports].filter((port) => miscounts(port) || after.ports[port]!.sendOnceRights !== onces[port]
      || receiversOf(after, port).length === 0).map((port) => `the rights to ${portName(port)} in a destroyed message were not destroyed`),
    ...untold.map(([port]) => `nobody tells ${portName(port)} that a send-once right to it went with a message`),
  ];
}

