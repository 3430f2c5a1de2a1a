// Makes a plan of the options of `pnpm nodes:start`: checks them, fills in defaults, loads readings and scenario.

import { randomBytes } from 'node:crypto'
import type { DataFacts } from '@hushgrid/node-meter'
import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'
import { readNetwork } from '@hushgrid/runtime'
import { metersOf, planScenario, whyNotLive } from '@hushgrid/scenarios'
import {
  changeNetwork,
  completeDegree,
  exposureSentence,
  exposureSummary,
  type Network,
  type RecoveryMode,
  resolveDegree
} from '@hushgrid/topology'
import { loadScenario, scenarioPath } from '../churn/load-scenario.ts'
import type { ShownContender } from '../contender/contender.ts'
import { contenderFor, contenderOf } from '../contender/contenders.ts'
import { type LabReadings, readingsOfRecording, recordedReadings, syntheticReadings } from '../meters/readings.ts'
import { labNetwork } from '../neighbourhood/network.ts'
import { LAB_DEFAULTS } from './defaults.ts'
import type { LabChurn, LabPlan } from './plan.ts'
import { processesFor } from './switch.ts'

/** Least length of a slot with a longer key, ms: partial decryptions, their proofs and checks take most of a second. */
const LONG_KEY_SLOT_MS = 3000
/** Least number of households beyond the members, whose meters may join; otherwise a tenth of the members. */
const LEAST_SPARE = 5

/** Wishes of a person for a run, named as the options are; each has a default. */
export interface LabWish extends DataFacts {
  readonly n?: number
  readonly slots?: number
  readonly degree?: string
  readonly recovery?: RecoveryMode
  readonly network?: string
  readonly data?: string
  readonly seed?: string
  /** `auto`, which is the default, lets the lab find the length. */
  readonly slotMs?: number | 'auto'
  readonly processes?: number
  readonly port?: number
  readonly churn?: string
  readonly mode?: string
  readonly variant?: string
  readonly bits?: number
}

/**
 * Makes the plan.
 *
 * @param spare - true where some more households get readings, so that their meters may join
 * @throws HushgridError where the input is wrong
 */
export async function planLab(wish: LabWish, spare: boolean): Promise<LabPlan> {
  const given = wish.network === undefined ? undefined : readNetwork(wish.network)
  const members = wish.n ?? given?.members ?? LAB_DEFAULTS.members
  const wanted = networkOf(wish, given, members)
  if (members < wanted.minMembers)
    throw new HushgridError(`--n ${members}: expected at least the network's minMembers, ${wanted.minMembers}`)
  resolveDegree(wanted, members)
  const family = contenderFor({ mode: wish.mode ?? 'dcnet', recovery: wanted.recovery })
  const churn = churnOf(wish, members, wanted.recovery, family)
  const seed = wish.seed ?? randomBytes(4).toString('hex')
  // Meters that join later have readings too.
  const households = churn ? metersOf(churn.operations, members) : members
  const more = spare ? Math.max(LEAST_SPARE, Math.round(members / 10)) : 0
  const { network, readings, notes } = await readingsOf(wish, given, { network: wanted, households, spare: more, seed })
  const { contender, bits } = contenderOf(wish, wanted.recovery)
  checkLive(wish, contender, churn)
  const pace = paceOf(wish, contender, bits, members)
  return {
    network,
    members,
    readings,
    seed,
    contender,
    bits,
    slots: wish.slots ?? churn?.scenario.slots,
    slotMs: pace.slotMs,
    adapts: pace.adapts,
    processes: wish.processes ?? processesFor(contender, members),
    port: wish.port,
    notes: [...notes, ...teachingNotes(contender, network, members), ...pace.notes],
    churn
  }
}

/** Gives the file's network, or the lab's, with the options' values in place of its own. */
function networkOf({ degree, recovery }: LabWish, given: Network | undefined, members: number): Network {
  const base = given ?? labNetwork(members)
  return changeNetwork(base, { members, degree: degree === undefined ? undefined : degreeOf(degree, members), recovery })
}

function degreeOf(text: string, members: number): Network['degree'] {
  if (text === 'auto' || text === 'complete') return text
  const degree = Number(text)
  const most = completeDegree(members)
  if (!/^\d+$/.test(text) || degree < 2 || degree % 2 !== 0 || degree > most) {
    throw new InvalidArgumentError(
      '--degree',
      `auto, complete or an even number from 2 to ${most}, which is complete for ${members} meters`,
      text
    )
  }
  return degree
}

/** Plans the scenario for as many meters as there are; the scenario's own number is for runs of its own. */
function churnOf(wish: LabWish, members: number, recovery: RecoveryMode, { facts }: ShownContender): LabChurn | undefined {
  if (wish.churn === undefined) return undefined
  const { scenario } = loadScenario(scenarioPath(wish.churn), { seed: wish.seed, recovery })
  const planned = { ...scenario, members, slots: wish.slots ?? scenario.slots }
  const operations = planScenario(planned, [])
  const reason = whyNotLive(operations)
  if (reason !== undefined) throw new HushgridError(`--churn ${wish.churn}: ${reason}`)
  // A scenario's expectations hold for its own number of members, its own network, and a recovery mode.
  const own = scenario.members === members && wish.network === undefined && wish.degree === undefined && wish.slots === undefined
  return { scenario: own && facts.recoveries ? scenario : { ...scenario, expect: {} }, operations }
}

/** Gives recorded or synthetic readings, and the network with their length of a slot. */
async function readingsOf(
  wish: LabWish,
  given: Network | undefined,
  want: { readonly network: Network; readonly households: number; readonly spare: number; readonly seed: string }
): Promise<{ readonly network: Network; readonly readings: LabReadings; readonly notes: readonly string[] }> {
  const { network, households, spare, seed } = want
  const { data, network: file } = wish
  checkFacts(wish)
  if (data === undefined) {
    const readings = syntheticReadings(network, households + spare, seed)
    return { network, readings, notes: [...readings.notes, `readings: ${readings.source}`] }
  }
  const loaded = await recordedReadings(data, wish, given?.slotSeconds).catch(cause => {
    if (!(cause instanceof InvalidArgumentError) || given === undefined) throw cause
    throw new HushgridError(`--network ${file} does not fit --data ${data}: ${cause.message}`)
  })
  const { slotSeconds } = loaded
  // A lane that nobody measured is no lane of the network, unless its file says so.
  const fitting = changeNetwork(network, { slotSeconds, lanes: given ? undefined : loaded.lanes.map(obis => ({ obis })) })
  const readings = readingsOfRecording(loaded, fitting, households, data, spare)
  const notes = slotSeconds === network.slotSeconds ? [] : [`slots of ${slotSeconds} s, as the readings have them`]
  return { network: fitting, readings, notes: [...notes, ...readings.notes] }
}

/** @throws HushgridError for facts on readings where there are none, or that the network has already */
function checkFacts({ data, network, unit, timeZone, separator, column, slotMinutes }: LabWish): void {
  const given = Object.entries({
    '--unit': unit,
    '--time-zone': timeZone,
    '--separator': separator,
    '--column': column,
    '--slot-minutes': slotMinutes
  })
  const stray = given.find(([, value]) => value !== undefined)?.[0]
  if (data === undefined && stray) throw new HushgridError(`${stray}: expected with --data only`)
  if (network !== undefined && slotMinutes !== undefined)
    throw new HushgridError(`--slot-minutes: expected without --network, whose file says how long a slot is`)
}

/** Refuses what a contender cannot have on real nodes. */
function checkLive({ mode, processes }: LabWish, { facts, shown }: ShownContender, churn: LabChurn | undefined): void {
  if (shown.oneProcess && processes !== undefined && processes > 1)
    throw new HushgridError(`--processes ${processes}: expected 1 with --mode ${mode}`)
  const away = churn?.operations.find(({ do: what }) => what === 'registrar-crash')
  if (away && !facts.roles.includes('registrar'))
    throw new HushgridError(`--churn: expected no 'registrar-crash' with --mode ${mode}, which has no registrar`)
}

/** Warns where so few mask neighbours protect little. */
function teachingNotes({ facts }: ShownContender, network: Network, members: number): readonly string[] {
  const { degree, neighbours } = resolveDegree(network, members)
  if (!facts.masks || neighbours > 2) return []
  const summary = exposureSummary({ members, degree, collusion: network.collusion, recovery: network.recovery })
  return [`warning: degree ${degree} is for teaching. ${exposureSentence(summary)}`]
}

/** Gives the real length of a slot, and the reason where it is longer than usual. */
function paceOf(
  wish: LabWish,
  { facts }: ShownContender,
  bits: number | undefined,
  members: number
): { readonly slotMs: number; readonly adapts: boolean; readonly notes: readonly string[] } {
  const { slotMs: usual, slotMsPerMeter } = LAB_DEFAULTS
  if (typeof wish.slotMs === 'number') return { slotMs: wish.slotMs, adapts: false, notes: [] }
  const long = facts.key?.slowWhenLong && bits !== undefined && bits > facts.key.bits
  const least = long ? LONG_KEY_SLOT_MS : usual
  const slotMs = Math.max(least, slotMsPerMeter * members)
  if (slotMs <= usual) return { slotMs, adapts: true, notes: [] }
  const why = slotMs > slotMsPerMeter * members ? 'decrypting with long keys takes a while' : `${members} meters share this machine`
  return { slotMs, adapts: true, notes: [`slots of ${slotMs} ms, since ${why}; --slot-ms sets another length`] }
}
