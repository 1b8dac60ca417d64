import { messageCount } from '#model/mach/entries';
import { carryOut, inside, sendReply, serve, type Answer } from '#model/mach/messages/serve';
import { operationOf, requestFor } from '#model/mach/requests/table';
import type { Cascade, Mach } from '#model/mach/world';
import type { Item, MachState, Message } from '#model/mach/state';
import { change } from '#model/operation';
import { altered } from '#properties/mach/laws/altered';
import type { MachMutants } from '#properties/mach/obligation';

const isKnown = ({ id }: Message): boolean => operationOf(id) !== undefined;

/** What a request comes to, with its items made into others first. */
const reading = (items: (body: readonly Item[], request: Message) => readonly Item[]): typeof carryOut => (world, request) =>
  carryOut(world, isKnown(request) ? { ...request, body: items(request.body, request) } : request);

/** The answer to a request, made into another. */
const answering = (answer: (body: readonly Item[], request: Message, state: MachState) => Answer): typeof carryOut => (world, request) => {
  const body = carryOut(world, request);
  return body === null || !isKnown(request) ? body : answer(body, request, world.state);
};

const isFailure = ([code]: readonly Item[]): boolean => code?.tag === 'code' && code.code !== 'KERN_SUCCESS';

/** The reply to a request, made into another message on its way. */
const replying = (reply: (message: Message, request: Message) => Message): typeof sendReply => (world, request, answer) =>
  sendReply(altered(world, { enqueue: (inner, message) => world.mechanisms.enqueue(inner, reply(message, request)) }), request, answer);

const senderTask = ({ threads, tasks }: MachState, { sender }: Message) => tasks[threads[sender]!.task]!;

const operationMutants: MachMutants = {
  'request-acts-on-its-sender': {
    rule: 'mach/request-is-the-call',
    fault: 'what a message asks of another task is done to the task that sent it',
    mechanisms: {
      carryOut: (world, request) => (world.state.ports[request.destination.port]!.kernel !== 'task' ? carryOut(world, request)
        : carryOut(world, { ...request, destination: { ...request.destination, port: senderTask(world.state, request).port } })),
    },
  },
  'request-keeps-its-destination-right': {
    rule: 'mach/request-is-the-call',
    fault: 'the right that a request came through is never released',
    mechanisms: {
      serve: (world, request) => {
        serve(world, request);
        if (request.destination.kind === 'send') change(world.state.ports[request.destination.port]!).sendRights += 1;
      },
    },
  },
  'request-skips-the-maximum': {
    rule: 'mach/request-is-the-call',
    fault: 'a protection that a message asks for is not held against the maximum',
    mechanisms: { carryOut: (world, request) => carryOut(altered(world, { mayProtect: () => true }), request) },
  },
  'failed-request-is-called-success': {
    rule: 'mach/request-is-the-call',
    fault: 'the reply says that an operation succeeded which did not',
    mechanisms: { carryOut: answering((body) => (isFailure(body) ? [{ tag: 'code', code: 'KERN_SUCCESS' }] : body)) },
  },
  'results-change-places': {
    rule: 'mach/request-is-the-call',
    fault: 'the first two results of an operation stand in the reply the wrong way round',
    mechanisms: {
      carryOut: answering((body) => {
        const [code, first, second, ...more] = body;
        return second === undefined ? body : [code!, second, first!, ...more];
      }),
    },
  },
  'arguments-change-places': {
    rule: 'mach/request-is-the-call',
    fault: 'two arguments of one type are taken for one another',
    mechanisms: {
      carryOut: reading((body) => {
        const [first, second, ...more] = body;
        return first === undefined || first.tag !== second?.tag ? body : [second, first, ...more];
      }),
    },
  },
  'suspended-sender-goes-on': {
    rule: 'mach/request-is-the-call',
    fault: 'a thread that suspends itself by a message returns from its call and runs',
    mechanisms: { heldBack: (_world, _thread, verdict) => verdict },
  },
  'request-is-carried-out-twice': {
    rule: 'mach/request-is-the-call',
    fault: 'an operation that brings no rights is carried out twice',
    mechanisms: {
      carryOut: (world, request) => {
        const answer = carryOut(world, request);
        if (!request.complex && isKnown(request) && world.state.ports[request.destination.port]!.life === 'live') carryOut(world, request);
        return answer;
      },
    },
  },
  'request-enters-the-kernel-again': {
    rule: 'mach/request-is-the-call',
    fault: 'an operation asked for by a message is charged for as if it were called',
    mechanisms: { inside: (world) => world },
  },
  'request-is-counted-twice': {
    rule: 'mach/request-is-the-call',
    fault: 'a request that is carried out is charged for as two messages',
    mechanisms: {
      inside: (world) => {
        world.charge('message');
        return inside(world);
      },
    },
  },
  'object-kind-is-not-looked-at': {
    rule: 'mach/request-is-the-call',
    fault: 'a request about a task that goes to a thread is done to the task of the thread',
    mechanisms: {
      carryOut: (world, request) => {
        const thread = world.state.threads.find(({ port }) => port === request.destination.port);
        const operation = operationOf(request.id);
        if (thread === undefined || operation === undefined || requestFor(operation).on !== 'task') return carryOut(world, request);
        return carryOut(world, { ...request, destination: { ...request.destination, port: world.state.tasks[thread.task]!.port } });
      },
    },
  },
};

const replyMutants: MachMutants = {
  'reply-bears-the-same-number': {
    rule: 'mach/reply-bears-the-request-number',
    fault: 'a reply bears the very number of its request',
    mechanisms: { sendReply: replying((reply, { id }) => ({ ...reply, id })) },
  },
  'reply-comes-twice': {
    rule: 'mach/reply-bears-the-request-number',
    fault: 'a reply through a send right is sent a second time',
    mechanisms: {
      sendReply: (world, request, answer) => {
        sendReply(world, request, answer);
        if (answer === null || request.reply.tag !== 'right' || request.reply.kind !== 'send') return;
        change(world.state.ports[request.reply.port]!).sendRights += 1;
        sendReply(world, request, answer.slice(0, 1));
      },
    },
  },
  'reply-wants-an-answer': {
    rule: 'mach/reply-bears-the-request-number',
    fault: 'a reply through a send right brings that right along as its own reply right',
    mechanisms: { sendReply: replying((reply, { reply: right }) => (right.kind === 'send' ? { ...reply, reply: right } : reply)) },
  },
  'reply-takes-every-right-for-send-once': {
    rule: 'mach/reply-bears-the-request-number',
    fault: 'a reply through a send right is taken to come through a send-once right',
    mechanisms: {
      sendReply: replying((reply) => ({ ...reply, destination: { ...reply.destination, kind: 'send-once' } })),
    },
  },
  'results-come-with-errors': {
    rule: 'mach/reply-bears-the-request-number',
    fault: 'the reply that tells of an error has an item behind its code',
    mechanisms: { carryOut: answering((body) => (isFailure(body) ? [...body, { tag: 'count', count: 0 }] : body)) },
  },
  'reply-hides-what-it-carries': {
    rule: 'mach/reply-bears-the-request-number',
    fault: 'a reply that carries rights or memory is marked as simple',
    mechanisms: { sendReply: replying((reply) => ({ ...reply, complex: false })) },
  },
  'reply-needs-room': {
    rule: 'mach/reply-bears-the-request-number',
    fault: 'a reply for which there is no room is dropped',
    mechanisms: {
      sendReply: (world, request, answer) => {
        const { reply } = request;
        const isFull = reply.tag === 'right' && messageCount(world.state, reply.port) >= world.state.ports[reply.port]!.queueLimit;
        if (isFull && isKnown(request)) world.mechanisms.destroyRight(world, reply);
        else sendReply(world, request, answer);
      },
    },
  },
};

const formMutants: MachMutants = {
  'items-too-many-are-let-pass': {
    rule: 'mach/malformed-request-does-nothing',
    fault: 'items behind those that an operation takes are not looked at',
    mechanisms: { carryOut: reading((body, { id }) => body.slice(0, Object.keys(requestFor(operationOf(id)!).takes).length)) },
  },
  'types-are-not-looked-at': {
    rule: 'mach/malformed-request-does-nothing',
    fault: 'a number is taken for a truth value',
    mechanisms: {
      carryOut: reading((body, { id }) => body.map((item, at) => {
        const form = Object.values(requestFor(operationOf(id)!).takes)[at];
        const turned = item.tag === 'data' && item.bits === 32 ? { ...item, type: item.type === 2 ? 0 : 2 } : item;
        return form !== undefined && typeof form.read(item) === 'symbol' && typeof form.read(turned) !== 'symbol' ? turned : item;
      })),
    },
  },
  'long-numbers-are-let-pass': {
    rule: 'mach/malformed-request-does-nothing',
    fault: 'a number in the long form is taken as one in the short form',
    mechanisms: { carryOut: reading((body) => body.map((item) => (item.tag === 'data' ? { ...item, long: false } : item))) },
  },
  'first-of-two-rights-is-taken': {
    rule: 'mach/malformed-request-does-nothing',
    fault: 'of several rights where one is due the first is taken',
    mechanisms: {
      carryOut: reading((body) => body.map((item) => (item.tag === 'rights' && !item.long ? { ...item, rights: item.rights.slice(0, 1) } : item))),
    },
  },
  'malformed-request-keeps-its-rights': {
    rule: 'mach/malformed-request-does-nothing',
    fault: 'the rights of a request that is not made as it must be are not destroyed',
    mechanisms: {
      carryOut: (world, request) => carryOut(isKnown(request) ? altered(world, { destroyBody: () => undefined }) : world, request),
    },
  },
  'malformed-request-is-called-unknown': {
    rule: 'mach/malformed-request-does-nothing',
    fault: 'a request that is not made as it must be is answered as one that nothing answers to',
    mechanisms: {
      carryOut: answering((body) => body.map((item) => (item.tag === 'code' && item.code === 'MIG_BAD_ARGUMENTS' ? { ...item, code: 'MIG_BAD_ID' } : item))),
    },
  },
};

/** What becomes of requests that nobody wants answered. */
const unanswered = (otherwise: (world: Mach<Cascade>, request: Message) => void): typeof serve => (world, request) => {
  if (request.reply.tag === 'right' || !isKnown(request) || requestFor(operationOf(request.id)!).gives === null) serve(world, request);
  else otherwise(world, request);
};

const answerMutants: MachMutants = {
  'request-needs-a-reply-port': {
    rule: 'mach/request-without-reply-port-is-carried-out',
    fault: 'a request that nobody wants answered is not carried out',
    mechanisms: { serve: unanswered((world, request) => serve(world, { ...request, id: -1 })) },
  },
  'dead-reply-port-stops-the-operation': {
    rule: 'mach/request-without-reply-port-is-carried-out',
    fault: 'a request is not carried out if its reply right is dead',
    mechanisms: { serve: unanswered((world, request) => serve(world, request.reply.tag === 'dead' ? { ...request, id: -1 } : request)) },
  },
  'unsent-reply-keeps-its-rights': {
    rule: 'mach/request-without-reply-port-is-carried-out',
    fault: 'the rights in a reply that is not sent stay for ever',
    mechanisms: {
      sendReply: (world, request, answer) => sendReply(request.reply.tag === 'right' ? world : altered(world, { destroyBody: () => undefined }), request, answer),
    },
  },
  'pager-is-answered': {
    rule: 'mach/pager-requests-have-no-reply',
    fault: 'what a pager asks is answered if there is where to',
    mechanisms: { sendReply: (world, request, answer) => sendReply(world, request, answer ?? [{ tag: 'code', code: 'KERN_SUCCESS' }]) },
  },
  'pager-reply-right-is-dropped': {
    rule: 'mach/pager-requests-have-no-reply',
    fault: 'the reply right of what a pager asks goes without a word',
    mechanisms: { sendReply: (world, request, answer) => { if (answer !== null) sendReply(world, request, answer); } },
  },
  'pager-must-not-bring-a-reply-right': {
    rule: 'mach/pager-requests-have-no-reply',
    fault: 'what a pager asks is not done if a reply right comes with it',
    mechanisms: {
      carryOut: (world, request) => {
        const operation = operationOf(request.id);
        const isPagers = operation !== undefined && requestFor(operation).gives === null;
        return carryOut(world, isPagers && request.reply.tag === 'right' ? { ...request, body: [] } : request);
      },
    },
  },
};

export const requestMutants: MachMutants = { ...operationMutants, ...replyMutants, ...formMutants, ...answerMutants };
