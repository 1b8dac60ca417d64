import type { TaskId } from '#spec/mach/vocabulary';
import { messageBytes } from '#model/mach/entries';
import { deviceRequestOf } from '#model/mach/devices/device';
import { readItems, writeItems, type Form } from '#model/mach/requests/forms';
import { operationOf, requestFor, type RequestedOperation } from '#model/mach/requests/table';
import { implementing, type Cascade, type Mach } from '#model/mach/world';
import type { Item, MachState, Message } from '#model/mach/state';
import { change, type Effects, type Verdict } from '#model/operation';

/** A reply bears the number of its request, and this much. */
const REPLY = 100;

/** The body of a reply; null: the operation has none. */
export type Answer = readonly Item[] | null;

/**
 * A message to a kernel port is served at once, in the sender's step, whatever any limit says: the operation is
 * carried out on the object behind the port, and what came of it is put where the request wants to be answered.
 */
export const serve = implementing(
  ['mach/kernel-port-requests-run-at-once', 'mach/request-is-the-call'],
  (world: Mach<Cascade>, request: Message): void => {
    const { mechanisms, state } = world;
    const { port, kind } = request.destination;
    if (state.ports[port]!.kernel === 'reply') return mechanisms.takeExceptionReply(world, request);
    world.charge('message');
    const answer = mechanisms.carryOut(world, request);
    if (kind === 'send') mechanisms.releaseSend(world, port);
    mechanisms.sendReply(world, request, answer);
  },
);

/** Carries out what a request asks for. One that nothing answers to, or that is not made as it must be, is destroyed. */
export const carryOut = implementing(
  ['mach/request-is-the-call', 'mach/malformed-request-does-nothing', 'mach/failed-kernel-request-destroys-its-body'],
  (world: Mach<Cascade>, request: Message): Answer => {
    const { mechanisms, operations, state } = world;
    const operation = operationOf(request.id);
    if (operation === undefined) return deviceAnswer(world, request);
    const { on, takes, gives } = requestFor(operation);
    const taken = readItems(takes, request.body);
    if (taken === null) return gives === null ? refuseInSilence(world, request) : refuse(world, request, 'MIG_BAD_ARGUMENTS');
    const { port } = request.destination;
    const call = { thread: request.sender, [on]: { tag: 'port', port }, ...taken, ...childOf(state, operation) };
    const task = state.tasks.findIndex((one) => one.port === port) as TaskId;
    const verdict = operations[operation].step(mechanisms.inside(world) as never, call as never) as Verdict<Effects>;
    if (verdict.tag === 'blocked') change(state.threads[request.sender]!).run = { tag: 'ready' };
    return gives === null ? null : answerOf(verdict, gives, task);
  },
);

function refuse(world: Mach<Cascade>, request: Message, code: string): Answer {
  world.mechanisms.destroyBody(world, request);
  return [{ tag: 'code', code }];
}

function refuseInSilence(world: Mach<Cascade>, request: Message): Answer {
  world.mechanisms.destroyBody(world, request);
  return null;
}

/** What a request of a device comes to, if it is one; nothing else answers to it. */
function deviceAnswer(world: Mach<Cascade>, request: Message): Answer {
  const asked = deviceRequestOf(world, request.id);
  if (asked === undefined) return refuse(world, request, 'MIG_BAD_ID');
  const taken = readItems(asked.takes, request.body);
  if (taken === null) return refuse(world, request, 'MIG_BAD_ARGUMENTS');
  const { code, value } = world.mechanisms[asked.by](world, request.destination.port, taken as never);
  return [{ tag: 'code', code }, ...writeItems(asked.gives, value, -1 as TaskId)];
}

/** What is made by a request goes by the next number there is. */
function childOf({ tasks, threads }: MachState, operation: RequestedOperation): { readonly child?: number } {
  if (operation === 'task_create') return { child: tasks.length };
  return operation === 'thread_create' ? { child: threads.length } : {};
}

/** A sender that its own request has stopped or ended is no concern of the reply. */
function answerOf(verdict: Verdict<Effects>, gives: Readonly<Record<string, Form>>, task: TaskId): Answer {
  if (verdict.tag === 'raised' || verdict.tag === 'spoiled') return [{ tag: 'code', code: (verdict as { error: string }).error }];
  const value = verdict.tag === 'returned' ? verdict.value as Readonly<Record<string, unknown>> | null : null;
  return [{ tag: 'code', code: 'KERN_SUCCESS' }, ...writeItems(gives, value ?? {}, task)];
}

/** The sender of a request has entered the kernel already. */
export const inside = implementing(
  ['mach/kernel-rpc-takes-no-switch'],
  (world: Mach): Mach => Object.create(world, {
    charge: { value: (event: Parameters<Mach['charge']>[0], count?: number) => { if (event !== 'trap') world.charge(event, count); } },
  }) as Mach,
);

/** Answers a request, if it has an answer and says where to. What cannot be sent is destroyed. */
export const sendReply = implementing(
  ['mach/reply-bears-the-request-number', 'mach/request-without-reply-port-is-carried-out', 'mach/kernel-messages-ignore-queue-limits'],
  (world: Mach<Cascade>, request: Message, answer: Answer): void => {
    const { mechanisms, state } = world;
    const { reply } = request;
    if (answer === null) return mechanisms.destroyRight(world, reply);
    const body = {
      body: answer, complex: answer.some(({ tag }) => tag === 'rights' || tag === 'region'), size: messageBytes(answer),
    };
    if (reply.tag !== 'right') return mechanisms.destroyBody(world, { ...request, ...body });
    mechanisms.enqueue(world, {
      ...request, ...body,
      id: request.id + REPLY,
      destination: { port: reply.port, kind: reply.kind },
      reply: { tag: 'null', kind: null },
      serial: change(state).serial++,
      sender: -1,
    });
  },
);
