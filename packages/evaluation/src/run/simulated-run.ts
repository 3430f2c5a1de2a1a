// One run of a contender in virtual time: its setup, its slots, its changes, and what each role pays for them.
//
// - CPU time is that of machine steps (`CpuAccount`), messages and bytes are those of the virtual network (`Books`): one rule
//   for all contenders. A message within a house, between a meter and its household's device, counts like any other.
// - Delays are drawn evenly around their mean (`setting.ts`). A lost message is late: gossip and streams of libp2p run over
//   TCP, which sends again. Lost for good is what was lost four times (`VirtualNetwork`).
// - A missing meter's process ends before the slot's end and starts again, with its keys, once the slot is over. Missing two
//   slots in a row, a member counts as absent in every contender: the group changes, and changes again on its return.
// - Enrolment differs. The DC-net's meters ask their registrar, and pay for it in setup and joins; a scheme's registrar knows
//   who is there, and only its announcements count.
// - Memory is not measured: parties in one process share what they received, so that none has a heap of its own.
import { othersText, watchMachine } from '@hushgrid/lab'
import type { PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'
import type { SlotReport } from '@hushgrid/scenarios'
import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun, EvaluatedSlot } from '../record/run.ts'
import { Books, costsBetween, type Totals } from './simulated/books.ts'
import { CHANGE_SLOTS, type Change, changeCost, changesFrom, phaseOf, scheduleChanges } from './simulated/changes.ts'
import type { Opened } from './simulated/contender.ts'
import { CpuAccount } from './simulated/cpu-account.ts'
import { scheduleMissing } from './simulated/missing-meters.ts'
import { simulatedContender } from './simulated/registered.ts'
import { settingOf } from './simulated/setting.ts'
import { evaluatedSlot } from './simulated/slot.ts'
import { storageOf } from './simulated/storage.ts'

/** What a run may be given beside its order. */
export interface RunTools {
  /** Gives the Paillier key of a party. Drawn anew unless given, since keys are part of what a setup costs. */
  readonly keyFor?: ((party: MeterId, bits: number) => PrivateKey) | undefined
  /** Told of each wrong total. */
  readonly warn?: ((text: string) => void) | undefined
}

/**
 * Runs a contender once in virtual time. The same order gives the same result, but for CPU times and what keys drawn anew
 * bring with them.
 *
 * @throws HushgridError where no such contender runs in virtual time, or its order does not fit it
 */
export async function simulatedRun(order: RunOrder, { keyFor, warn }: RunTools = {}): Promise<EvaluatedRun> {
  const { point, warmUpSlots, slots } = order
  const started = new Date()
  const loadSince = watchMachine()
  const usedBefore = process.cpuUsage()
  const contender = simulatedContender(point.contender)
  const account = new CpuAccount()
  const steadyEnd = warmUpSlots + slots
  // Where meters come and go all the time, there is no steady slot to tell the cost of one change by.
  const changes = order.changes && point.churn === null && point.dropout === 0 ? changesFrom(steadyEnd, point.n) : []
  const wanted = steadyEnd + changes.length * CHANGE_SLOTS
  const { facts, churn } = await settingOf(order, wanted, account)
  const opened = contender.open({ point, facts, keyFor })
  if (churn) opened.apply(churn)
  const { wrong, ...measured } = measure(opened, account, { order, changes, wanted })
  for (const text of wrong.flat()) warn?.(text)
  const { user, system } = process.cpuUsage(usedBefore)
  const disturbance = othersText(loadSince((user + system) / 1000).cores)
  return {
    format: 'hushgrid-evaluation-run/1',
    ...{ point, seed: order.seed, slotSeconds: order.slotSeconds, warmUpSlots },
    ...{ started: started.toISOString(), ended: new Date().toISOString() },
    ...measured,
    memory: {},
    disturbed: disturbance !== undefined,
    ...(disturbance !== undefined && { disturbance }),
    // Wrong totals of slots that are kept show there.
    violations: [...opened.violations, ...wrong.slice(0, warmUpSlots).flat()]
  }
}

type Measured = Pick<EvaluatedRun, 'parties' | 'setup' | 'slots' | 'changes' | 'storage'> & {
  /** For each slot, those that warm up included, a sentence where its total is wrong. */
  readonly wrong: readonly (readonly string[])[]
}

interface Course {
  readonly order: RunOrder
  readonly changes: readonly Change[]
  /** Slots of the run, warm-up and changes included. */
  readonly wanted: number
}

/**
 * Moment at which a slot's costs begin, before its end, in slots: no message of another slot is on its way then, and a clock
 * that is a little ahead has not sent the first of this one.
 */
const BOUNDARY = 1 / 16

/** Lets the slots of a run pass, and reads the books at the end of each. */
function measure(opened: Opened, account: CpuAccount, { order, changes, wanted }: Course): Measured {
  const { neighbourhood } = opened
  const { warmUpSlots, slots, slotSeconds, seed, point } = order
  const books = new Books(opened, account)
  const totals: Totals[] = []
  let parties: EvaluatedRun['parties'] = {}
  const setup = watchSetup(opened)
  for (let slot = 0; slot <= wanted; slot++) {
    neighbourhood.schedule(slot - BOUNDARY, () => {
      if (slot === 0) parties = books.parties()
      totals.push(books.totals())
    })
  }
  scheduleChanges(neighbourhood, changes)
  scheduleMissing(neighbourhood, { seed, dropout: point.dropout, meters: point.n, first: warmUpSlots, end: warmUpSlots + slots })
  const reports: SlotReport[] = []
  neighbourhood.runSlots(wanted, report => reports.push(report))
  neighbourhood.network.runUntil(neighbourhood.timeOf(wanted - BOUNDARY))
  const [formed, from, to] = [totals[0], totals[warmUpSlots], totals[warmUpSlots + slots]] as [Totals, Totals, Totals]
  const all = reports.map((report, index) => {
    const roles = costsBetween(totals[index], totals[index + 1] as Totals)
    return evaluatedSlot(report, { index, phase: phaseOf(index, changes, point.churn !== null), noisy: opened.noisy, roles })
  })
  return {
    parties,
    setup: { ms: setup(), roles: costsBetween(undefined, formed) },
    slots: all.slice(warmUpSlots).map((slot): EvaluatedSlot => ({ ...slot, index: slot.index - warmUpSlots })),
    changes: changes.map(change => changeCost(change, { slots: all, totals, warmUp: warmUpSlots })),
    storage: storageOf({ formed, from, to, slots, slotSeconds, parties }, opened.bounds),
    wrong: opened.noisy ? [] : reports.map(wrongTotal)
  }
}

function wrongTotal({ slot, exact, total, expected }: SlotReport): string[] {
  return exact === false ? [`slot ${slot}: expected a total of ${JSON.stringify(expected)}, got ${JSON.stringify(total)}`] : []
}

/** Watches the messages before the first slot's end. @returns what gives the ms from the first to the arrival of the last */
function watchSetup({ neighbourhood }: Opened): () => number | null {
  const { network } = neighbourhood
  let first: number | undefined
  let last: number | undefined
  network.onSent = ({ at }) => {
    first ??= at
  }
  network.onDelivered = ({ at }) => {
    last = at
  }
  neighbourhood.schedule(-BOUNDARY, () => {
    network.onSent = undefined
    network.onDelivered = undefined
  })
  return () => (first === undefined || last === undefined ? null : last - first)
}
