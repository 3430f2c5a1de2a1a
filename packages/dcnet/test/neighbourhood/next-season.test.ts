// The keys of the next season: agreed on in slices while slots go on, before its first slot.
import { SeededRng, type Slot, slotTimes } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { createMeter, keyAgreements } from '../../src/meter/machine.ts'
import { takeUp } from '../../src/meter/membership/membership.ts'
import { RosterRefusedError } from '../../src/roster/refused.ts'
import { randomReadings, type VirtualMeter, VirtualNeighbourhood } from '../support/virtual-neighbourhood.ts'

const MEMBERS = 20
const SEASON = 6
/** At most so many in one step (next-season.ts). */
const SLICE = 8

it('are agreed on in slices, and no slot is lost', () => {
  const world = new VirtualNeighbourhood({ members: MEMBERS, degree: MEMBERS - 2, seasonSlots: SEASON, seed: 'slices' })
  const [meter] = world.meters
  if (!meter) throw new Error('expected meters')
  const steps: { readonly at: number; readonly agreed: number }[] = []
  const step = world.meterStep.bind(world)
  world.meterStep = (of, input) => {
    const before = keyAgreements(of.state)
    const outputs = step(of, input)
    const agreed = keyAgreements(of.state) - before
    if (of === meter && agreed > 0) steps.push({ at: world.now, agreed })
    return outputs
  }
  const readings = randomReadings(new SeededRng('slices'), MEMBERS, 2)
  for (let slot = world.firstSlot; slot < world.firstSlot + 2 * SEASON; slot++) {
    world.runSlot(slot as Slot, readings)
    expect(world.resultOf(slot as Slot)).toMatchObject({ type: 'total', contributors: MEMBERS })
  }
  expect(steps.length).toBeGreaterThan(2)
  // The first roster of all is taken up at once.
  expect(steps.filter(({ agreed }) => agreed > SLICE).length).toBeLessThanOrEqual(1)
  const held = [...meter.state.epochs.values()].find(epoch => epoch.held.roster.season === 1)?.held
  if (!held) throw new Error('expected the next season')
  const { start } = slotTimes(held.from, held.roster.slotSeconds)
  expect(steps.slice(1).some(({ at, agreed }) => at < start && agreed === SLICE)).toBe(true)
})

/** A neighbourhood before the last slot of its first season, and a meter that is off since before the next one's roster. */
function offAtSigning(seed: string): { readonly world: VirtualNeighbourhood; readonly meter: VirtualMeter } {
  const world = new VirtualNeighbourhood({ members: MEMBERS, degree: MEMBERS - 2, seasonSlots: SEASON, seed })
  const meter = world.meters[1]
  if (!meter) throw new Error('expected meters')
  const readings = randomReadings(new SeededRng(seed), MEMBERS, 2)
  for (let slot = world.firstSlot; slot < world.firstSlot + SEASON - 1; slot++) {
    meter.off = slot >= world.firstSlot + SEASON / 2
    world.runSlot(slot as Slot, readings)
  }
  return { world, meter }
}

it('are agreed on at once where the roster comes late', () => {
  const { world, meter } = offAtSigning('late')
  // It comes back ten seconds before the season's first slot.
  world.runUntil(slotTimes((world.firstSlot + SEASON) as Slot, world.options.slotSeconds).start - 10_000)
  world.restart(meter)
  expect([...meter.state.epochs.values()].some(({ held }) => held.roster.season === 1)).toBe(true)
  expect(meter.state.preparing).toBeUndefined()
})

it('are agreed on before those of a roster that comes while they are being agreed on', () => {
  const { world, meter } = offAtSigning('overtaken')
  world.restart(meter)
  const [held] = world.registrar.book.held.filter(({ roster }) => roster.season === 1)
  if (!held) throw new Error('expected the next season')
  expect(meter.state.preparing?.held.roster.epoch).toBe(held.roster.epoch)
  takeUp(meter.state, { ...held, stayOut: new RosterRefusedError('own-entry', 'a roster after it that we stay out of') })
  expect([...meter.state.epochs.keys()]).toContain(held.roster.epoch)
  expect(meter.state.preparing).toBeUndefined()
})

it('are asked for again where the next season is heard of between the request and its answer', () => {
  const { world, meter } = offAtSigning('between')
  meter.state = createMeter(meter.config, { intact: true, records: meter.journal }, world.now)
  meter.off = false
  const [request] = world.meterStep(meter, { type: 'enrol', for: 'this-season' })
  if (request?.type !== 'request') throw new Error('expected a request')
  for (const { bytes } of world.registrar.book.held)
    if (bytes) world.toMeter(meter, { channel: 'control', from: world.registrarIdentity.id, bytes })
  const before = meter.outputs.length
  world.askRegistrar(meter, request.bytes)
  expect(meter.outputs.slice(before)).toContainEqual({ type: 'other-season', season: 1 })
  expect(meter.outputs.slice(before).some(({ type }) => type === 'refused')).toBe(false)
  world.converse(meter, { type: 'enrol', for: 'this-season' })
  expect(meter.outputs.findLast(({ type }) => type === 'enrolled')).toMatchObject({ credential: { season: 1 } })
})
