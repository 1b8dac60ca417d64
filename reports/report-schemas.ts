import { z } from 'zod';
import { counted, type Counted } from '#spec/tariff';
import { verdicts } from '#spec/verdict';

const number = () => z.number().min(0);
const price = z.object({ least: number(), most: number(), grade: z.enum(['stated', 'inferred', 'assumed']), source: z.string(), because: z.string() });
const place = { workload: z.string(), kernel: z.string() };

/** What `compare --json` prints. */
export const compareReport = z.object({
  format: z.literal('portcullis-compare/1'),
  tariff: z.object({
    name: z.string(), title: z.string(), unit: z.string(), assumes: z.string(),
    prices: z.object(Object.fromEntries(counted.map((event) => [event, price.optional()])) as Record<Counted, z.ZodOptional<typeof price>>),
  }),
  /** What was done, by name. */
  workloads: z.record(z.string(), z.object({
    title: z.string(), does: z.string(), unit: z.enum(['bytes', 'pages', 'clients']), sizes: z.array(z.int().min(0)),
  })),
  rows: z.array(z.object({
    ...place, form: z.string(), size: z.int().min(0),
    /** What was counted. What is not there was not met. */
    counts: z.record(z.string(), z.int().min(0)),
    /** What it comes to, in the unit of the tariff. */
    price: z.object({ least: number(), most: number() }),
  })),
  /** Why a kernel does nothing of a workload, or what needs saying of how it does it. */
  notes: z.array(z.object({ ...place, says: z.string() })),
});

const doer = z.object({ ...place, form: z.string() });

/** What `paper --json` prints. */
export const paperReport = z.object({
  format: z.literal('portcullis-paper/1'),
  /** The kernels whose obligations were checked. */
  checked: z.array(z.string()),
  statements: z.array(z.object({
    id: z.string(), section: z.string(), says: z.string(), verdict: z.enum(verdicts), because: z.string(),
    rules: z.array(z.string()), kernels: z.array(z.string()),
    /** Sentences of the paper, by section and place: `7.1:2`. */
    sentences: z.array(z.string()).optional(),
    findings: z.array(z.object({ of: z.string(), one: doer, is: z.enum(['less than', 'as much as']), other: doer, from: z.number().optional() })).optional(),
    traces: z.array(z.string()).optional(),
    evidence: z.array(z.object({
      kind: z.enum(['obligation', 'finding', 'trace']), what: z.string(),
      /** `there`: it exists, and was not put to the test now. */
      borne: z.enum(['there', 'holds', 'waived', 'not exercised', 'fails']),
      wrong: z.string(),
    })),
    /** Why the verdict does not stand; empty if it does. */
    wrong: z.array(z.string()),
  })),
});
