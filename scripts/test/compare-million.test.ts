// `pnpm compare --million`, with few households: right totals, the same whatever the threads, and faults noticed.

import {
  MillionDisplay,
  type MillionOptions,
  type MillionProgress,
  type MillionResult,
  millionText,
  runMillion
} from '@hushgrid/comparison'
import { describe, expect, it } from 'vitest'

/** Threads that start, beside another file's, on two busy cores. */
const LONG = 120_000
const SMALL: MillionOptions = { households: 300, slots: 8, missing: 0.05, seed: 'test', threads: 2 }

const outcome = ({ exact, lost, wrong, readings, missing, recoveredMembers, recoveredSlots, releases, totals }: MillionResult) => ({
  exact,
  lost,
  wrong,
  readings,
  missing,
  recoveredMembers,
  recoveredSlots,
  releases,
  totals
})

describe('runMillion', { timeout: LONG }, () => {
  it('computes every slot of every neighbourhood, exact, with members missing', async () => {
    const progress: MillionProgress[] = []
    const result = await runMillion({ ...SMALL, readings: 'uniform', progress: at => progress.push(at) })
    expect(result).toMatchObject({ households: 300, neighbourhoods: 6, members: [50, 50], slots: 8, degree: 14, threads: 2, seed: 'test' })
    expect({ exact: result.exact, lost: result.lost, wrong: result.wrong }).toEqual({ exact: 48, lost: 0, wrong: 0 })
    expect(result.readings + result.missing).toBe(2400)
    expect(result.missing).toBeGreaterThan(60)
    expect(result.recoveredMembers).toBe(result.missing)
    // One of each neighbour in a slot, however many of its own are missing.
    expect(result.releases).toBeGreaterThan(8 * result.missing)
    expect(result.releases).toBeLessThanOrEqual(14 * result.missing)
    // Uniform from 0 to 999: a mean of 499.5, with a deviation of 6 over so many.
    for (const total of result.totals) expect(Math.abs(total / result.readings - 499.5)).toBeLessThan(30)
    expect(result.memory.at(-1)).toMatchObject({ households: 300 })
    expect(Math.min(...result.memory.map(at => at.peakRssBytes))).toBeGreaterThan(1e7)
    const { microsecondsPerReading: parts } = result
    expect(Object.values(parts).every(value => value >= 0)).toBe(true)
    expect(parts.readings + parts.masks + parts.keys).toBeGreaterThan(0)
    expect(result.coreSeconds).toBeGreaterThan(0)
    expect(progress.at(-1)).toMatchObject({ households: 300, of: 300, remaining: 0 })
  })

  it('comes to the same with one thread as with two, and to something else with another seed', async () => {
    const [one, two, other] = [
      await runMillion({ ...SMALL, threads: 1 }),
      await runMillion(SMALL),
      await runMillion({ ...SMALL, seed: 'other' })
    ]
    expect(outcome(one)).toEqual(outcome(two))
    expect(outcome(other)).not.toEqual(outcome(two))
  })

  it('notices a flipped bit of one mask: wrong totals in that neighbourhood, none elsewhere', async () => {
    const result = await runMillion({ ...SMALL, missing: 0, flipIn: 4 })
    expect({ exact: result.exact, lost: result.lost, wrong: result.wrong }).toEqual({ exact: 40, lost: 0, wrong: 8 })
    expect(millionText(result)).toContain('40 totals exact, 0 lost, 8 wrong  THE RUN IS NOT GOOD')
  })

  it('takes synthetic households, in neighbourhoods of sizes that differ by one', async () => {
    const result = await runMillion({ households: 101, slotSeconds: 7200, seed: 'test', threads: 1, readings: 'households' })
    expect(result).toMatchObject({ neighbourhoods: 3, members: [33, 34], slots: 12, exact: 36, wrong: 0, lost: 0 })
    expect(result.readingSource).toMatch(/^synthetic households/)
    // Of a day: import in the range of homes, and some export by the panels of every tenth.
    expect(result.totals[0] / 101).toBeGreaterThan(5000)
    expect(result.totals[0] / 101).toBeLessThan(20_000)
    expect(result.totals[1] / 101).toBeGreaterThan(100)
    expect(result.totals[1] / 101).toBeLessThan(5000)
  })

  it('counts slots as lost where more are missing than the rules allow for, and none as wrong', async () => {
    const result = await runMillion({ ...SMALL, missing: 0.5 })
    expect(result.wrong).toBe(0)
    expect(result.lost).toBeGreaterThan(24)
    expect(result.exact + result.lost).toBe(48)
    expect(millionText(result)).toMatch(/ lost \(\d+ by refusal, \d+ for want of members\), 0 wrong$/m)
  })

  it('ends at once when it is told to', async () => {
    const stop = new AbortController()
    let told = 0
    const progress = (): void => {
      told ||= performance.now()
      stop.abort(new Error('enough'))
    }
    const run = runMillion({ households: 1_000_000, threads: 2, signal: stop.signal, progress })
    await expect(run).rejects.toThrow('enough')
    // How long it takes until there is progress at all is the machine's affair.
    expect(performance.now() - told).toBeLessThan(5000)
  })

  it.each([
    [{ households: 49 }, /^households: expected a whole number from 50 to 1000000000, got 49$/],
    [{ neighbourhoodSize: 201 }, /^neighbourhood size: expected a whole number from 50 to 200, got 201$/],
    [{ slotSeconds: 7 }, /^slot seconds: expected a divisor of 86400, got 7$/],
    [{ slots: 97 }, /^slots: expected a whole number from 1 to 96, got 97$/],
    [{ missing: 1 }, /^missing: expected a fraction from 0 to below 1, got 1$/],
    [{ day: 'today' }, /^day: expected a date since 1970, for example 2026-04-15, got "today"$/],
    [{ day: '2026-02-30' }, /^day: expected a date since 1970/],
    [{ readings: 'real' as 'uniform' }, /^readings: expected households or uniform, got "real"$/],
    [{ threads: 0 }, /^threads: expected a whole number from 1 to 1024, got 0$/],
    [{ flipIn: 20_000 }, /^neighbourhood of the flipped bit: expected a whole number from 0 to 19999, got 20000$/]
  ])('refuses %j', async (options, message) => {
    await expect(runMillion(options)).rejects.toThrow(message)
  })
})

describe('what is shown', { timeout: LONG }, () => {
  const at: MillionProgress = { households: 250_000, of: 1_000_000, seconds: 100, remaining: 300 }
  const shown = (isTTY: boolean): { display: MillionDisplay; written: string[] } => {
    const written: string[] = []
    return { display: new MillionDisplay({ isTTY, write: text => written.push(text) }), written }
  }

  it('in a terminal one line that redraws itself', () => {
    const { display, written } = shown(true)
    display.show(at)
    display.close()
    expect(written).toEqual(['\r\u001b[2K250,000 of 1,000,000 households, 25 %, 1 min 40 s gone, about 5 min 0 s to go', '\r\u001b[2K'])
  })

  it('elsewhere plain lines, ten seconds apart, and the last', () => {
    const { display, written } = shown(false)
    for (const seconds of [0.2, 9.9, 10, 19.9, 20]) display.show({ ...at, seconds })
    display.show({ households: 1_000_000, of: 1_000_000, seconds: 20.2, remaining: 0 })
    display.close()
    expect(written).toEqual([
      '250,000 of 1,000,000 households, 25 %, 10 s gone, about 5 min 0 s to go\n',
      '250,000 of 1,000,000 households, 25 %, 20 s gone, about 5 min 0 s to go\n',
      '1,000,000 of 1,000,000 households, 100 %, 20 s gone\n'
    ])
  })

  it('says what was computed, what it took, and what was not computed', async () => {
    const text = millionText(await runMillion({ ...SMALL, households: 100 }))
    expect(text.replaceAll(/\s+/g, ' ')).toContain('100 households, 7,200 s from 2026-04-15: 2 neighbourhoods of 50, 8 slots of 900 s')
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      '14 mask neighbours each, 2 lanes, recovery edge-release, 5 % of the members missing in a slot, seed test'
    )
    expect(text).toContain('16 totals exact, 0 lost, 0 wrong\n')
    expect(text.replaceAll(/\s+/g, ' ')).toContain('readings: synthetic households of packages/load-profiles')
    expect(text).toContain('Not computed:\n  X25519 key agreements')
    expect(text).toMatch(/core-seconds of this machine meanwhile; load/)
    expect(text).not.toMatch(/NaN|undefined|\[object/)
  })
})
