// Options that choose a meter's readings, and the readings themselves.
import type { ReadingSource } from '@hushgrid/network'
import { HushgridError, InvalidArgumentError, type Millis, type Slot } from '@hushgrid/primitives'
import { moment } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import type { Command } from 'commander'
import { DATA_HELP, type DataFacts, loadOptionsOf, withTableFacts } from './data-options.ts'
import type { HouseholdEvents } from './household-events.ts'
import { type HouseholdReadings, recordedHousehold, type SyntheticChoice, syntheticHousehold } from './household-readings.ts'

/** Options that choose a household. */
export interface ReadingOptions extends Omit<DataFacts, 'slotMinutes'> {
  readonly data?: string
  readonly household?: string
  readonly replayFrom?: Millis
  readonly synthetic?: SyntheticChoice
}

/** Highest index of a household in a synthetic neighbourhood. */
const MAX_INDEX = 999_999

/** Adds the options. */
export function withReadingOptions(command: Command): Command {
  return withTableFacts(command)
    .option('--data <file|folder>', DATA_HELP)
    .option('--household <name|index>', 'which household of --data, by name or counted from 0')
    .option('--replay-from <time>', 'play --data from this moment on, whatever the date is now', text => moment('--replay-from', text))
    .option('--synthetic <seed[:index]>', 'a made-up household instead of --data; index from 0 (default: 0)', syntheticChoice)
}

function syntheticChoice(text: string): SyntheticChoice {
  const [, seed, index] = /^(.+?)(?::(\d+))?$/.exec(text) ?? []
  if (seed === undefined || Number(index ?? 0) > MAX_INDEX)
    throw new InvalidArgumentError('--synthetic', `SEED or SEED:INDEX with an index up to ${MAX_INDEX}`, JSON.stringify(text))
  return { seed, index: Number(index ?? 0) }
}

/** @throws HushgridError where they contradict each other */
export function checkReadingOptions({ data, household, replayFrom, synthetic }: ReadingOptions): void {
  if ((data === undefined) === (synthetic === undefined))
    throw new HushgridError(`expected either --data or --synthetic, got ${data === undefined ? 'neither' : 'both'}`)
  if (data !== undefined) return
  const stray = household !== undefined ? '--household' : replayFrom !== undefined ? '--replay-from' : undefined
  if (stray) throw new HushgridError(`${stray}: expected with --data only; --synthetic SEED:INDEX picks a made-up household, at any time`)
}

/** Reads the household that was chosen. */
export async function readingsOf(options: ReadingOptions, network: Network, now: Millis): Promise<HouseholdReadings> {
  const { data, household, replayFrom, synthetic } = options
  if (synthetic) return syntheticHousehold(synthetic, network)
  return await recordedHousehold({ data: data ?? '', household, replayFrom, facts: loadOptionsOf(options) }, network, now)
}

/** Wraps readings to log each slot without one, also where the network has a lane that was not measured. */
export function noticingGaps(readings: ReadingSource, events: HouseholdEvents): ReadingSource {
  return (slot: Slot, lanes) => {
    try {
      const reading = readings(slot, lanes)
      if (!reading) events.noReading(slot, 'a gap')
      return reading
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      events.noReading(slot, cause.message)
      return undefined
    }
  }
}
