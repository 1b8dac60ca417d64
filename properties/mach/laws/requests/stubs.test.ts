import { expect, test } from 'vitest';
import { machVocabulary } from '#spec/mach/vocabulary';
import { requests } from '#model/mach/requests/table';
import { stubs } from '#properties/mach/laws/requests/stubs';

const vocabulary = machVocabulary('model');
const argumentsOf = (operation: string) => Object.keys(vocabulary[operation as keyof typeof vocabulary].takes.shape);

/** What a call says that a message says in its header, or not at all. */
const elsewhere = new Set(['thread', 'task', 'target', 'control', 'host', 'child']);

test('every operation on a task, a thread or an object can be asked for by a message', () => {
  const onPorts = Object.keys(vocabulary).filter((operation) =>
    argumentsOf(operation).some((argument) => ['task', 'target', 'control', 'host'].includes(argument)));
  expect(Object.keys(requests).sort()).toEqual(onPorts.sort());
  expect(Object.keys(stubs).sort()).toEqual(onPorts.sort());
});

test('a request says everything that its operation takes', () => {
  for (const [operation, { takes, on }] of Object.entries(requests)) {
    const due = argumentsOf(operation).filter((argument) => !elsewhere.has(argument));
    // Memory in a message is as long as it is.
    const said = Object.keys(takes).flatMap((argument) => (argument === 'data' ? ['data', 'size'] : [argument]));
    expect(said.sort(), operation).toEqual(due.sort());
    expect(argumentsOf(operation)).toContain(on);
  }
});

test('no two operations have one number, and the library uses the very same', () => {
  const numbers = Object.values(requests).map(({ number }) => number);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const [operation, { number, on }] of Object.entries(requests)) {
    expect(stubs[operation as keyof typeof stubs], operation).toMatchObject({ number, on });
  }
});
