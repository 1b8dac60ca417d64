#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { tariffs } from '#spec/tariffs';
import { verdicts } from '#spec/verdict';
import { workloads } from '#spec/workloads';
import { profiles } from '#properties/check';
import { schemaNames } from '#reports/schemas';
import { packageVersion } from '#traces/version';
import { check } from '#cli/commands/check';
import { compare } from '#cli/commands/compare';
import { conform } from '#cli/commands/conform';
import { costs } from '#cli/commands/costs';
import { migration } from '#cli/commands/migration';
import { explain } from '#cli/commands/explain';
import { explore } from '#cli/commands/explore';
import { initAdapter } from '#cli/commands/init-adapter';
import { judge } from '#cli/commands/judge';
import { list, listable } from '#cli/commands/list';
import { mutants } from '#cli/commands/mutants';
import { paper } from '#cli/commands/paper';
import { replay } from '#cli/commands/replay';
import { schema } from '#cli/commands/schema';
import { serve } from '#cli/commands/serve';
import { setup } from '#cli/commands/setup';
import { trace, traceActions } from '#cli/commands/trace';
import { exitCodes, explainFailure, meaningOf } from '#cli/exit';
import { wholeNumber } from '#cli/kernel';
import { oracles } from '#cli/refuting';

type Action = (...args: never[]) => number | Promise<number>;

/** Runs a command and ends with its exit code, whatever happens. */
function run(action: Action): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    try {
      process.exitCode = await action(...args as never[]);
    } catch (error) {
      const { code, text } = explainFailure(error);
      process.stderr.write(`${text}\n`);
      process.exitCode = code;
    }
    const meaning = meaningOf(Number(process.exitCode));
    if (process.exitCode !== exitCodes.holds) process.stderr.write(`exit ${process.exitCode}: ${meaning}\n`);
  };
}

const seed = () => new Option('--seed <number>', 'where the random draws begin').default(1).argParser(wholeNumber('--seed'));
const json = () => new Option('--json', 'print one JSON document instead of text');
const profile = (name: string) => new Option('--profile <name>', 'how much to try').choices(Object.keys(profiles)).default(name);
const out = () => new Option('--out <folder>', 'where counterexamples and recordings go').default('portcullis-out');
const workers = () => new Option('--workers <number>', 'how many to work on at once').argParser(wholeNumber('--workers', 1));

const oracle = () => new Option('--oracle <who>', 'who judges: the model, or after it each mutant, which the answers should refute')
  .choices(oracles).default('model');

/** Whoever reads our output may stop reading. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(process.exitCode ?? 0);
});

const program = new Command('portcullis')
  .description('Executable formal models of microkernels, and the conformance suite built on them')
  .version(packageVersion)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) });

program.command('check').argument('[kernel]', 'one kernel; all by default')
  .description('check every obligation, and that every check can fail')
  .addOption(profile('ci')).addOption(seed()).addOption(json()).addOption(out()).addOption(workers())
  .addOption(new Option('--runs <number>', 'instead of what the profile says').argParser(wholeNumber('--runs', 1)))
  .option('--variant <name>', 'which reading of disputed rules to check')
  .option('--no-mutants', 'leave the mutants out')
  .option('--junit <file>', 'write a JUnit report as well')
  .action(run(check));

program.command('mutants').argument('[kernel]', 'one kernel; all by default')
  .description('try every planted fault: which check catches it, after how many runs, in how few calls')
  .addOption(profile('ci')).addOption(seed()).addOption(json()).addOption(workers())
  .action(run(mutants));

program.command('explore').argument('<kernel>')
  .description('visit every reachable state of a small scope')
  .option('--scope <name>', 'one scope; all by default')
  .option('--mutant <slug>', 'explore a mutant: finds a shortest run that shows its fault')
  .option('--mutants', 'explore every mutant: in how few calls each shows its fault')
  .option('--no-laws', 'count states only')
  .addOption(new Option('--max-states <number>', 'give up after so many').argParser(wholeNumber('--max-states', 1)))
  .addOption(json()).addOption(out()).addOption(workers())
  .action(run(explore));

program.command('replay').argument('<trace>', 'a trace file')
  .description('run a counterexample again, on what it was made on or on something else')
  .option('--on <subject>', 'model:mach, mutant:mach/…, gnumach, stdio:./adapter')
  .option('--states', 'show what every call changes of the state', false)
  .option('--html <file>', 'write a page that shows the run, for any browser')
  .addOption(json())
  .action(run(replay));

program.command('trace').argument('<action>', traceActions.join(', ')).argument('<files...>', 'trace files')
  .description('say which trace files are valid and still show what they were kept for, or bring them up to date')
  .addOption(json()).action(run(trace));

program.command('conform').argument('<subject>', 'gnumach, stdio:./adapter, model:mach, mutant:mach/…')
  .description('judge an implementation: every answer is held against the model')
  .addOption(new Option('--runs <number>', 'programs to run').default(1000).argParser(wholeNumber('--runs', 1)))
  .addOption(new Option('--length <number>', 'calls in each').default(30).argParser(wholeNumber('--length', 1)))
  .addOption(new Option('--batch <number>', 'programs sent at once').default(500).argParser(wholeNumber('--batch', 1)))
  .addOption(seed()).option('--variant <name>', 'judge by this variant instead of the baseline\'s')
  .option('--baseline <file>', 'known deviations, instead of those that come with the implementation')
  .addOption(oracle()).addOption(workers())
  .addOption(json()).addOption(out())
  .action(run(conform));

program.command('judge').argument('<recording>', 'a recording, one JSON object a line')
  .description('judge a recording, offline')
  .option('--variant <name>', 'which variant judges; by default that of the implementation, if it is one of ours')
  .option('--depth', 'say how deep the recording goes', false)
  .addOption(oracle()).addOption(workers())
  .addOption(json())
  .action(run(judge));

program.command('explain').argument('<rule>', 'such as mach/receive-right-is-exclusive')
  .description('print the page of a rule').action(run(explain));

program.command('list').argument('<what>', listable.join(', ')).argument('[kernel]')
  .description('list what there is').addOption(json()).action(run(list));

program.command('schema').argument('<name>', schemaNames.join(', '))
  .description('print a JSON Schema (2020-12)')
  .option('--kernel <name>', 'whose vocabulary; that of any kernel by default').action(run(schema));

program.command('migration')
  .description('what moving a process to another node costs, and what it gains')
  .addOption(new Option('--programs <number>', 'generated programs for the load that is levelled').default(200).argParser(wholeNumber('--programs', 1)))
  .addOption(json()).action(run(migration));

program.command('costs').argument('[kernel]', 'one kernel; all by default')
  .description('count what a request and its answer cost, form by form')
  .addOption(new Option('--bytes <number>', 'in each part').default(64).argParser(wholeNumber('--bytes', 1)))
  .addOption(json()).action(run(costs));

program.command('compare').argument('[workload]', [...workloads.keys()].join(', '))
  .description('run the same workloads on the models of all kernels, and count what each is charged')
  .option('--kernel <name>', 'one kernel; all by default')
  .addOption(new Option('--tariff <name>', 'what the counts are turned into').choices([...tariffs.keys()]).default('i386'))
  .option('--prices', 'say what the tariff is made of', false)
  .addOption(json()).option('--csv', 'print comma-separated values instead of text')
  .option('--out <folder>', 'write tables, plots and a page there as well')
  .action(run(compare));

program.command('paper').description('print the paper\'s statements with their verdicts, and see whether their evidence is there')
  .option('--section <number>', 'one section, with those within it').option('--kernel <name>', 'what is judged by one kernel')
  .addOption(new Option('--verdict <verdict>', 'one verdict').choices(verdicts))
  .option('--check', 'check the obligations that verdicts rest on, too', false)
  .addOption(profile('quick')).addOption(seed()).addOption(workers()).addOption(json()).action(run(paper));

program.command('setup').argument('<implementation>', 'such as gnumach')
  .description('fetch and build what an implementation needs').action(run(setup));

program.command('serve').argument('<subject>', 'model:mach or mutant:mach/…')
  .description('answer the adapter protocol on standard input and output with a kernel of ours')
  .addOption(seed()).action(run(serve));

program.command('init-adapter').description('begin an adapter for your kernel: a kit of one file, and an example')
  .requiredOption('--lang <language>', 'the language it is written in')
  .option('--out <folder>', 'where to put it', 'portcullis-adapter').action(run(initAdapter));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    const shown = error.code === 'commander.helpDisplayed' || error.code === 'commander.version' || error.code === 'commander.help';
    process.exitCode = shown ? exitCodes.holds : exitCodes.usage;
  } else {
    const { code, text } = explainFailure(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = code;
  }
}
