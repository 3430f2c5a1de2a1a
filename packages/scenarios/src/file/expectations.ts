// Expectations of a scenario for its end, as its file writes them.
import type { RecoveryMode } from '@hushgrid/topology'
import { z } from 'zod'

export const bounds = z.strictObject({ atMost: z.number().optional(), atLeast: z.number().optional() })
const amount = z.union([z.number(), bounds])
export type Amount = z.output<typeof amount>
const slotsExpected = z.union([z.number(), z.array(z.int().min(0)), bounds])

/** Expectations for the end of a scenario; a key that is left out may be anything. */
export const expectations = z.strictObject({
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
        who: z.union([z.enum(['aggregator', 'registrar']), z.int().min(0)]).describe('A role, or a meter by its number.'),
        what: z.string().optional().describe('Words that the fault or the evidence contains.')
      })
    )
    .optional()
    .describe('Who must be named as at fault; an empty list where nobody may be.'),
  hidden: z.boolean().optional().describe("Whether every honest meter's reading stays hidden, which the leakage oracle decides.")
})

/** Modes of recovery with expectations of their own, by the key of the scenario that holds them. */
const APART = { expectWithDoubleMask: 'double-mask' } as const satisfies Record<string, RecoveryMode>
type ApartKey = keyof typeof APART
export const APART_KEYS = Object.keys(APART) as ApartKey[]

/** The keys of `expect`, each of which may also be null. */
const nullable = z.strictObject(
  Object.fromEntries(Object.entries(expectations.shape).map(([key, value]) => [key, value.nullable()])) as {
    [key in keyof typeof expectations.shape]: z.ZodNullable<(typeof expectations.shape)[key]>
  }
)

/** Keys of a scenario for the expectations of one mode of recovery. */
export const expectationsApart = Object.fromEntries(
  Object.entries(APART).map(([key, mode]) => [
    key,
    nullable
      .optional()
      .describe(
        `What must hold instead where the network recovers by ${mode.replace('-', ' ')}, key by key: null takes a key away, and what is not named is as in 'expect'.`
      )
  ])
) as { [Key in ApartKey]: z.ZodOptional<typeof nullable> }

export type ScenarioExpectations = z.output<typeof expectations>
type Expecting = { readonly expect: ScenarioExpectations } & { readonly [Key in ApartKey]?: z.output<typeof nullable> | undefined }

/**
 * Gives the expectations for a mode of recovery: `expect`, with each key that the mode has of its own in its place. A key
 * that is null there may be anything. A mode that cannot have keys of its own has expectations only where it is the file's.
 *
 * @param recovery - the mode of the network that runs
 * @param own - the mode that the scenario's file gives its network
 */
export function expectationsFor(scenario: Expecting, recovery: RecoveryMode, own: RecoveryMode = recovery): ScenarioExpectations {
  const { expect } = scenario
  const key = APART_KEYS.find(each => APART[each] === recovery)
  if (key === undefined) return recovery === own ? expect : {}
  const given = Object.entries(scenario[key] ?? {}).filter(([, value]) => value !== undefined)
  const merged = Object.entries({ ...expect, ...Object.fromEntries(given) }).filter(([, value]) => value !== null)
  return Object.fromEntries(merged) as ScenarioExpectations
}
