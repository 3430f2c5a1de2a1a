// A neighbourhood whose process is held up while a slot is collected: the loss is the machine's, and slots get longer in all
// processes without a jump of the clock.
import { type Slot, slotTimes } from '@hushgrid/primitives'
import { changeNetwork } from '@hushgrid/topology'
import { expect, it } from 'vitest'
import { contenderFor } from '../../src/contender/contenders.ts'
import { syntheticReadings } from '../../src/meters/readings.ts'
import type { LabEvent, SlotRow } from '../../src/neighbourhood/events.ts'
import { labNetwork } from '../../src/neighbourhood/network.ts'
import { stateFolder } from '../../src/neighbourhood/state-folder.ts'
import { PaceKeeper } from '../../src/run/pace-keeper.ts'
import { runSlots } from '../../src/run/slots.ts'

const MEMBERS = 6
const SLOT_MS = 1000
const LONG = 120_000

it('marks a slot that was lost because the process was held up, and goes on with longer ones', { timeout: LONG }, async () => {
  const folder = stateFolder('lab')
  const network = changeNetwork(labNetwork(MEMBERS), { minMembers: 3 })
  const failure = new AbortController()
  const events: LabEvent[] = []
  const neighbourhood = contenderFor({ mode: 'dcnet', recovery: network.recovery }).live({
    network,
    members: MEMBERS,
    readings: syntheticReadings(network, MEMBERS, 'busy'),
    slotMs: SLOT_MS,
    processes: 2,
    state: folder.path,
    emit: event => events.push(event),
    fail: cause => failure.abort(cause)
  })
  const pace = new PaceKeeper(neighbourhood, true, event => events.push(event))
  const { clock, firstSlot } = neighbourhood
  /** Holds this process up from the end of a slot until it is over. */
  const holdUp = (slot: Slot): void => {
    const { end, over } = slotTimes(slot, network.slotSeconds)
    setTimeout(() => {
      while ((clock.delayUntil(over) ?? 0) > 0);
    }, clock.delayUntil(end))
  }
  const shown: number[] = []
  try {
    await neighbourhood.form()
    const { rows } = await runSlots(neighbourhood, 4, failure.signal, {
      begun: () => holdUp(firstSlot),
      row: row => {
        shown.push(clock.now())
        pace.over(row)
        shown.push(clock.now())
      }
    })
    failure.signal.throwIfAborted()
    const [held, ...later] = rows as [SlotRow, ...SlotRow[]]
    expect(held).toMatchObject({ lost: true, busy: true, total: null, slotMs: SLOT_MS })
    expect(held.lagMs).toBeGreaterThan(SLOT_MS / 2)
    const notes = events.flatMap(event => (event.type === 'note' ? [event.text] : []))
    expect(notes).toContain('this machine is too slow for slots of 1 s: going on with 2 s')
    // The slot after may be under way when the change comes; no later one is, and what the machine loses is never the protocol's.
    expect(later.at(-1)?.slotMs).toBeGreaterThanOrEqual(2 * SLOT_MS)
    expect(later.filter(({ lost, busy }) => lost && !busy)).toEqual([])
    expect(shown).toEqual([...shown].sort((a, b) => a - b))
  } finally {
    await neighbourhood.stop()
    folder.remove()
  }
})
