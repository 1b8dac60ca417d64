import type { ProcessFlag, Signal } from '#spec/qnx/vocabulary';

/** The signals, in the order in which a process keeps its book of them. */
export const signals = [
  'SIGUSR1', 'SIGUSR2', 'SIGTERM', 'SIGSEGV', 'SIGCHLD', 'SIGSTOP', 'SIGCONT', 'SIGKILL',
] as const satisfies readonly Signal[];

export const processFlags = [
  'PRIORITY_REC', 'PRIORITY_FLOAT', 'SIGCATCH', 'IMMORTAL', 'NOZOMBIE', 'INFORM', 'SERVER',
] as const satisfies readonly ProcessFlag[];

export const placeOf = (signal: Signal): number => signals.indexOf(signal);
