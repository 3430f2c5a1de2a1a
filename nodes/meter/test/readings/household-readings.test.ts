// Readings of one household: recorded ones played when they are asked for, and made-up ones.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXPORT_LANE, IMPORT_LANE, millis, readingLanes, type Slot, signedLanes } from '@hushgrid/primitives'
import { changeNetwork, parseNetwork } from '@hushgrid/topology'
import { afterAll, describe, expect, it } from 'vitest'
import { recordedHousehold, syntheticHousehold } from '../../src/readings/household-readings.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-household-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const network = parseNetwork('name: street\nslotSeconds: 1800\nmembers: 7\n', 'street')
const LANES = [IMPORT_LANE, EXPORT_LANE]
const START = Date.UTC(2016, 0, 1)
const FIRST = START / 1_800_000

/** Three households, the first of them named like a number and the second without a reading. */
const data = join(folder, 'three.csv')
writeFileSync(data, 'slot_start_utc,7,empty,b\n2016-01-01T00:00Z,1,,11\n2016-01-01T00:30Z,2,,\n2016-01-01T01:00Z,3,,13\n')

async function values(household: string | undefined, now: number, replayFrom?: number): Promise<(bigint[] | undefined)[]> {
  const choice = { data, household, ...(replayFrom === undefined ? {} : { replayFrom: millis(replayFrom) }) }
  const { readings } = await recordedHousehold(choice, network, millis(now))
  const current = Math.floor(now / 1_800_000)
  return [0, 1, 2, 3].map(slot => readings((current + slot) as Slot, LANES)).map(lanes => lanes && signedLanes(lanes))
}

describe('a recorded household', () => {
  it('is picked by its name, else by its number', async () => {
    expect(await values('b', START)).toEqual([[11n, 0n], undefined, [13n, 0n], undefined])
    expect(await values('7', START)).toEqual([[1n, 0n], [2n, 0n], [3n, 0n], undefined])
    expect(await values('0', START)).toEqual(await values('7', START))
    expect(await values('2', START)).toEqual(await values('b', START))
  })

  it('is said not to be there, or to be one of several', async () => {
    await expect(values('c', START)).rejects.toThrow(/no household c there/)
    await expect(values('3', START)).rejects.toThrow(/expected a household 3/)
    await expect(values('1', START)).rejects.toThrow(/expected a household 1/)
    const two = join(folder, 'two.csv')
    writeFileSync(two, 'slot_start_utc,a,b\n2016-01-01T00:00Z,1,2\n2016-01-01T00:30Z,3,4\n')
    await expect(recordedHousehold({ data: two }, network, millis(START))).rejects.toThrow(
      /expected one household, got several, such as a and b/
    )
  })

  it('is played from a moment on in the slot that runs now', async () => {
    const now = Date.UTC(2026, 10, 20, 23, 40)
    expect(await values('7', now, START + 1_800_000)).toEqual([[2n, 0n], [3n, 0n], undefined, undefined])
    expect(await values('7', now)).toEqual([undefined, undefined, undefined, undefined])
    await expect(values('7', now, START - 1)).rejects.toThrow(
      /--replay-from: expected a time from 2016-01-01T00:00:00.000Z to 2016-01-01T01:30/
    )
    await expect(values('7', now, START + 3 * 1_800_000)).rejects.toThrow(/--replay-from/)
  })

  it('comes with a word on whether there is a reading now', async () => {
    const now = await recordedHousehold({ data, household: 'b' }, network, millis(START))
    expect(now.problem).toBe(undefined)
    expect(now.about).toMatchObject({ household: 'b', gaps: 1 })
    const later = await recordedHousehold({ data, household: 'b' }, network, millis(START + 86_400_000))
    expect(later.problem).toMatch(/the recording is of 2016-01-01T00:00:00.000Z to 2016-01-01T01:30:00.000Z and it is 2016-01-02/)
    const played = await recordedHousehold({ data, household: 'b', replayFrom: millis(START) }, network, millis(START + 86_400_000))
    expect([played.problem, played.about.playedLaterBySlots]).toEqual([undefined, 48])
  })

  it('fills the lanes that were measured, and reads 0 in the others', async () => {
    const { fills, readings } = await recordedHousehold({ data, household: 'b' }, network, millis(START))
    expect(fills).toEqual([IMPORT_LANE])
    const [, exported] = signedLanes(readings(FIRST as Slot, LANES) ?? readingLanes([]))
    expect(exported).toBe(0n)
  })

  it('is refused in a network without any of its lanes', async () => {
    const other = changeNetwork(network, { lanes: ['1-0:13.29.0'] })
    await expect(recordedHousehold({ data, household: 'b' }, other, millis(START))).rejects.toThrow(/^lanes: expected one of 1-0:1\.29\.0/)
  })
})

describe('a synthetic household', () => {
  it('fills the export lane where it has a generator, as a third of them do', () => {
    const homes = Array.from({ length: 30 }, (_, index) => syntheticHousehold({ seed: 'demo', index }, network).fills)
    for (const [first] of homes) expect(first).toBe(IMPORT_LANE)
    expect(homes.filter(fills => fills.includes(EXPORT_LANE)).length).toBeGreaterThanOrEqual(9)
    expect(homes.filter(fills => fills.includes(EXPORT_LANE)).length).toBeLessThanOrEqual(11)
  })

  it('is the same for a seed and number, and another for another number', () => {
    const day = (index: number): unknown => {
      const { readings } = syntheticHousehold({ seed: 'demo', index }, network)
      return Array.from({ length: 48 }, (_, slot) => signedLanes(readings((FIRST + slot) as Slot, LANES) ?? readingLanes([])))
    }
    expect(day(3)).toEqual(day(3))
    expect(day(3)).not.toEqual(day(4))
  })

  it('is refused at once where slots or lanes are not its', () => {
    expect(() => syntheticHousehold({ seed: 'a', index: 0 }, changeNetwork(network, { slotSeconds: 7 }))).toThrow(
      /slotSeconds: expected a divisor of 86400/
    )
    expect(() => syntheticHousehold({ seed: 'a', index: 0 }, changeNetwork(network, { lanes: ['1-0:13.29.0'] }))).toThrow(/^lanes/)
  })
})
