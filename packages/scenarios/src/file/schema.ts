import { networkFields } from '@hushgrid/topology'
import { z } from 'zod'

/** Slots that a scenario may have. */
const MAX_SLOTS = 100_000
/** Meters that a scenario may start with. */
const MAX_SCENARIO_MEMBERS = 10_000

const at = z
  .number()
  .min(0)
  .describe(
    "When, in slots from 0: the whole number k is the moment when slot k's submissions begin, the fraction counts on from there (k + 0.25 is its deadline, k + 0.75 when it is over)."
  )
const meter = z.int().min(0)
const meters = z.array(meter).min(1)
const duration = z.number().gt(0).max(MAX_SLOTS).describe('For how many slots.')

/** Which meters an operation is about: exactly one of these is given. */
const choice = {
  meter: meter.optional().describe('One meter, by its number from 0; those who join get the next numbers.'),
  meters: meters.optional().describe('These meters.'),
  count: z.int().min(1).optional().describe('So many, drawn from those that run.'),
  fraction: z.number().gt(0).max(1).optional().describe('This fraction of those that run, rounded to the nearest number, drawn.')
}

export const CRASH_PHASES = ['before-submitting', 'after-submitting', 'while-releasing'] as const
export const JOURNAL_STATES = ['intact', 'lost', 'rolled-back'] as const

/** What each role's attacks are called. */
export const ATTACKS = {
  aggregator: [
    'hide-submission',
    'ask-one-alone',
    'ask-twice',
    'ask-late',
    'keep-from-named',
    'cut-off',
    'split-survivors',
    'split-around-two',
    'grow-around-one',
    'ask-shares-twice',
    'shares-of-released',
    'masks-after-shares',
    'strip-piecewise',
    'hold-back'
  ],
  registrar: ['two-rosters'],
  members: [
    'submit-late',
    'replay',
    'dispute-falsely',
    'stay-silent',
    'flood',
    'impersonate',
    'journal-lost',
    'journal-rolled-back',
    'leave-and-return',
    'wrong-corrections',
    'wrong-shares',
    'share-for-released'
  ]
} as const

const rate = z.number().min(0).max(100).default(0)
const ended = duration.optional().describe('Ended after so many slots; not at all where it is left out.')
const some = meters.optional().describe('Only what these meters send and receive; everybody where it is left out.')

const operation = z.discriminatedUnion('do', [
  z
    .strictObject({ at, do: z.literal('join'), count: z.int().min(1).max(1000).default(1).describe('How many newcomers.') })
    .describe('New meters ask to be taken in.'),
  z.strictObject({ at, do: z.literal('leave'), ...choice }).describe('Members announce that they leave.'),
  z
    .strictObject({
      at,
      do: z.literal('crash'),
      ...choice,
      phase: z.enum(CRASH_PHASES).default('before-submitting').describe('When in its slot the process ends.'),
      for: duration.optional().describe('Restarted after so many slots; not at all where it is left out.')
    })
    .describe("Meters' processes end without a word."),
  z
    .strictObject({
      at,
      do: z.literal('restart'),
      meter: choice.meter,
      meters: choice.meters,
      all: z.literal(true).optional().describe('Every meter that is down.'),
      journal: z.enum(JOURNAL_STATES).default('intact').describe('What is left of its journal.')
    })
    .describe('Crashed meters come back.'),
  z
    .strictObject({ at, do: z.literal('partition'), ...choice, for: ended })
    .describe('These meters are cut off from everybody else, but not from each other.'),
  z.strictObject({ at, do: z.literal('heal') }).describe('Whoever is cut off is no longer.'),
  z
    .strictObject({
      at,
      do: z.literal('delay'),
      seconds: z.number().min(0).max(3600).describe('One way, in seconds of protocol time; 0 ends it.'),
      meters: some,
      for: ended
    })
    .describe('Messages take longer. A later delay of the same meters takes its place.'),
  z
    .strictObject({
      at,
      do: z.literal('loss'),
      rate: z.number().min(0).max(1).describe('Share of the messages that get lost; 0 ends it.'),
      meters: some,
      for: ended
    })
    .describe('Messages get lost. A later loss of the same meters takes its place.'),
  z
    .strictObject({
      at,
      do: z.literal('skew'),
      seconds: z.number().min(0).max(3600).describe("Each meter's clock is off by an even draw from ±seconds of protocol time."),
      meters: meters.optional().describe('Only these meters; all that run where it is left out.'),
      each: z.literal('slot').optional().describe('Drawn anew in every slot until the end.')
    })
    .describe('Clocks are wrong.'),
  z
    .strictObject({ at, do: z.literal('blackout'), fraction: choice.fraction.unwrap(), for: duration })
    .describe('A fraction of the meters crashes at once, before submitting, and is back after so many slots.'),
  z
    .strictObject({
      at,
      do: z.literal('poisson'),
      until: z.number().gt(0).optional().describe('Slot before which it ends; the end of the run where it is left out.'),
      joins: rate.describe('Expected joins a slot.'),
      leaves: rate.describe('Expected leaves a slot.'),
      crashes: rate.describe('Expected crashes a slot, before submitting.'),
      downtime: z.number().min(1).default(2).describe('Mean slots that a crashed meter is down, at least 1.')
    })
    .describe('Members come, go and crash at random, independently of each other.'),
  z.strictObject({ at, do: z.literal('aggregator-crash'), for: duration }).describe("The aggregator's process ends, and starts again."),
  z.strictObject({ at, do: z.literal('registrar-crash'), for: duration }).describe("The registrar's process ends, and starts again."),
  z
    .strictObject({
      at,
      do: z.literal('attack'),
      by: z.enum(['aggregator', 'registrar', 'members']).describe('Who attacks.'),
      what: z.enum([...ATTACKS.aggregator, ...ATTACKS.registrar, ...ATTACKS.members]).describe('What it does (`ATTACKS`).'),
      meter: meter.optional().describe('The victim, or the member that attacks.'),
      meters: meters.optional().describe('Colluders, or those who are cut off.'),
      slots: z.int().min(1).default(1).describe('For how many slots.')
    })
    .describe('Somebody breaks the protocol.')
])

/** What an operation may `do`. */
export const OPERATIONS: readonly string[] = operation.options.map(option => option.shape.do.value)

const bounds = z.strictObject({ atMost: z.number().optional(), atLeast: z.number().optional() })
const amount = z.union([z.number(), bounds])
const slotsExpected = z.union([z.number(), z.array(z.int().min(0)), bounds])

const expectations = z.strictObject({
  lost: slotsExpected.optional().describe('Slots without a total: how many, or which.'),
  exact: z
    .union([z.boolean(), slotsExpected])
    .optional()
    .describe("Totals that are the sum of their contributors' readings: how many, which, or all that there are."),
  recovered: slotsExpected.optional().describe('Slots with a total although members were missing: how many, or which.'),
  refusals: amount.optional().describe('Requests for recovery that a meter refused.'),
  reasons: z
    .record(z.string(), amount)
    .optional()
    .describe(
      'Slots lost for a reason (MembersMissing, Disputed, Unanswered, Refused, Implausible, UnfittingShares), or refusals for a rule, by its words.'
    ),
  keyAgreementsPerJoin: amount.optional().describe('Of each join, in the whole neighbourhood.'),
  keyAgreementsPerLeave: amount.optional().describe('Of each leave, in the whole neighbourhood.'),
  keyAgreementsPerCrash: amount.optional().describe('Of each crash, absence and return, in the whole neighbourhood.'),
  deltaBytesPerChange: amount.optional().describe('Of a roster message, beyond the 200 bytes that any has.'),
  faults: z
    .array(
      z.strictObject({
        who: z.union([z.enum(['aggregator', 'registrar']), meter]).describe('A role, or a meter by its number.'),
        what: z.string().optional().describe('Words that the fault or the evidence contains.')
      })
    )
    .optional()
    .describe('Who must be named as at fault.'),
  hidden: z.boolean().optional().describe("Whether every honest meter's reading stays hidden, which the leakage oracle decides.")
})

/** The keys of `expect`, each of which may also be null. */
const expectationsWithDoubleMask = z.strictObject(
  Object.fromEntries(Object.entries(expectations.shape).map(([key, value]) => [key, value.nullable()])) as {
    [key in keyof typeof expectations.shape]: z.ZodNullable<(typeof expectations.shape)[key]>
  }
)

const changedNetwork = z
  .strictObject(
    Object.fromEntries(
      (['slotSeconds', 'lanes', 'degree', 'recovery', 'minMembers', 'collusion', 'dropout'] as const).map(key => [
        key,
        // Without its default: what is not named is the file's.
        (networkFields.shape[key] as z.ZodDefault<z.ZodType>).unwrap().optional()
      ])
    ) as { [key in 'slotSeconds' | 'lanes' | 'degree' | 'recovery' | 'minMembers' | 'collusion' | 'dropout']: z.ZodOptional<z.ZodType> }
  )
  .extend({ file: z.string().min(1).optional().describe('A network file, relative to the scenario.') })

/** A scenario file as zod reads it. */
export const scenarioFields = z.strictObject({
  name: networkFields.shape.name.describe('Name of the scenario, and of the network that it makes.'),
  about: z.string().min(1).max(300).describe('What it shows, in a sentence.'),
  seed: z
    .union([z.string().min(1), z.int()])
    .transform(String)
    .describe('Of everything that is drawn.'),
  members: z.int().min(3).max(MAX_SCENARIO_MEMBERS).describe('Meters of the first roster, numbered from 0.'),
  slots: z.int().min(1).max(MAX_SLOTS).describe('Slots of the run, numbered from 0.'),
  network: z
    .union([z.string().min(1), changedNetwork])
    .optional()
    .describe('A network file, relative to the scenario, or what is to differ from one. The default network where it is left out.'),
  trace: z.string().min(1).optional().describe('A CSV file slot,meter,join|leave|crash|restart, relative to the scenario.'),
  operations: z.array(operation).default([]).describe('What happens, in any order.'),
  expect: expectations.default({}).describe('What must hold at the end.'),
  expectWithDoubleMask: expectationsWithDoubleMask
    .optional()
    .describe(
      "What must hold instead where the network recovers by double mask, key by key: null takes a key away, and what is not named is as in 'expect'."
    )
})

export type ScenarioFields = z.output<typeof scenarioFields>
export type ScenarioOperation = z.output<typeof operation>

/** The keys that may stand at a path of a scenario, for whoever wrote another. */
export function keysKnownAt(path: readonly (string | number)[], written: unknown): string[] {
  const [first, second, third] = path
  if (first === undefined) return Object.keys(scenarioFields.shape)
  if (first === 'network') return Object.keys(changedNetwork.shape)
  if (first === 'operations') {
    const kind = (written as { operations?: readonly { do?: unknown }[] }).operations?.[Number(second)]?.do
    return Object.keys(operation.options.find(option => option.shape.do.value === kind)?.shape ?? { at, do: kind })
  }
  if (second === undefined) return Object.keys(expectations.shape)
  return second === 'faults' && third !== undefined ? ['who', 'what'] : Object.keys(bounds.shape)
}

/** JSON schema (draft 2020-12) of a scenario file, for editors; kept in `topology/scenarios/scenario.schema.json`. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(scenarioFields, { io: 'input' })
  return { $schema, title: 'Hushgrid churn scenario', ...rest }
}
