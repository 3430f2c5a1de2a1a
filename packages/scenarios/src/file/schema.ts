// Zod schema of a scenario file; `checks.ts` checks its parts against each other.
import { LANE_KEYS, networkFields } from '@hushgrid/topology'
import { z } from 'zod'
import { at, MAX_SLOTS } from '../operations/parts/fields.ts'
import { OPERATIONS, operationSchema } from '../operations/registry.ts'
import { bounds, expectations, expectationsApart } from './expectations.ts'

/** Meters that a scenario may start with. */
const MAX_SCENARIO_MEMBERS = 10_000

/** Keys of a network that a scenario may change. */
const CHANGEABLE = [
  'slotSeconds',
  'changeSlots',
  'seasonSlots',
  'lanes',
  'degree',
  'recovery',
  'minMembers',
  'collusion',
  'dropout'
] as const

const changedNetwork = z
  .strictObject(
    // Drops the default: a key that is left out is the file's.
    Object.fromEntries(CHANGEABLE.map(key => [key, (networkFields.shape[key] as z.ZodDefault<z.ZodType>).unwrap().optional()])) as {
      [Key in (typeof CHANGEABLE)[number]]: z.ZodOptional<z.ZodType>
    }
  )
  .extend({ file: z.string().min(1).optional().describe('A network file, relative to the scenario.') })

/** Schema of a scenario file. */
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
  operations: z.array(operationSchema).default([]).describe('What happens, in any order.'),
  expect: expectations.default({}).describe('What must hold at the end.'),
  ...expectationsApart
})

export type ScenarioFields = z.output<typeof scenarioFields>

/** Gives the keys allowed at a path of a scenario, to suggest one for an unknown key. */
export function keysKnownAt(path: readonly (string | number)[], written: unknown): string[] {
  const [first, second, third] = path
  if (first === undefined) return Object.keys(scenarioFields.shape)
  if (first === 'network') return second === 'lanes' ? [...LANE_KEYS] : Object.keys(changedNetwork.shape)
  if (first === 'operations') {
    const kind = (written as { operations?: readonly { do?: unknown }[] }).operations?.[Number(second)]?.do
    return Object.keys(OPERATIONS.get(String(kind))?.schema.shape ?? { at, do: kind })
  }
  if (second === undefined) return Object.keys(expectations.shape)
  return second === 'faults' && third !== undefined ? ['who', 'what'] : Object.keys(bounds.shape)
}

/** JSON schema (draft 2020-12) of a scenario file, for editors; kept in `topology/scenarios/scenario.schema.json`. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(scenarioFields, { io: 'input' })
  return { $schema, title: 'Hushgrid churn scenario', ...rest }
}
