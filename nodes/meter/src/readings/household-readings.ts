// Source of a meter's readings: one household of a recording, or a synthetic one.
import {
  type HouseholdSeries,
  laneReader,
  measuredLanes,
  shiftSeries,
  syntheticName,
  syntheticNeighbourhood
} from '@hushgrid/load-profiles'
import type { ReadingSource } from '@hushgrid/network'
import {
  HushgridError,
  InvalidArgumentError,
  type Millis,
  type ObisCode,
  readingLanes,
  type Slot,
  slotAt,
  slotTimes
} from '@hushgrid/primitives'
import { laneCodes, type Network } from '@hushgrid/topology'
import { type LoadedReadings, type LoadOptions, loadReadings, ReadingsFileError } from './readings-file.ts'
import { readingsNotes } from './readings-notes.ts'

/** Readings of one household, with a description for a person. */
export interface HouseholdReadings {
  readonly readings: ReadingSource
  /** The network's lanes that the home's connection can fill: export where there is a generator. It reads 0 in the others. */
  readonly fills: readonly ObisCode[]
  readonly about: Readonly<Record<string, string | number>>
  /** What was repaired, left out or doubtful in the files, a sentence each. */
  readonly notes?: readonly string[]
  /** Reason why there will be no reading now, where it is known. */
  readonly problem?: string
}

/** Choice of a synthetic household: `seed`, and its index in the neighbourhood, from 0. */
export interface SyntheticChoice {
  readonly seed: string
  readonly index: number
}

/** Makes up a household's readings as they are asked for. */
export function syntheticHousehold({ seed, index }: SyntheticChoice, network: Network): HouseholdReadings {
  const made = memo((lanes: readonly ObisCode[]) =>
    syntheticNeighbourhood({ seed, households: index + 1, slotSeconds: network.slotSeconds, lanes })
  )
  return {
    readings: (slot, lanes) => readingLanes(made(lanes).readingAt(index, slot)),
    // Throws now, not at the end of the first slot, where the network is not one for synthetic readings.
    fills: made(laneCodes(network)).lanesOf(index),
    about: { source: 'synthetic', seed, household: syntheticName(index) }
  }
}

/** Choice of a recording's household, and the moment to play it from. */
export interface RecordedChoice {
  /** Path of a file or folder. */
  readonly data: string
  /** Name of a household, or its number from 0 in the order of the files; may be left out where there is but one. */
  readonly household?: string | undefined
  /** Moment of the recording that is played in the slot that runs now; left out, each reading comes when it was recorded. */
  readonly replayFrom?: Millis | undefined
  /** What the files do not tell of their tables. */
  readonly facts?: LoadOptions
}

/**
 * Finds a household in a recording, and plays it.
 *
 * @throws ReadingsFileError, DataFormatError, InvalidArgumentError
 */
export async function recordedHousehold(choice: RecordedChoice, network: Network, now: Millis): Promise<HouseholdReadings> {
  const { slotSeconds } = network
  const { loaded, series: recorded } = await chosenSeries(choice, slotSeconds)
  const current = slotAt(now, slotSeconds)
  let series = recorded
  if (choice.replayFrom !== undefined) {
    const from = slotAt(choice.replayFrom, slotSeconds)
    if (from < recorded.firstSlot || from >= recorded.firstSlot + recorded.slots)
      throw new InvalidArgumentError('--replay-from', `a time from ${span(recorded)}`, startOf(from, slotSeconds))
    series = shiftSeries(recorded, current - from)
  }
  const reader = memo((lanes: readonly ObisCode[]) => laneReader(series, lanes))
  reader(laneCodes(network))
  const gaps = loaded.gaps.find(gap => gap.household === recorded.household)
  const about = {
    source: loaded.title,
    household: recorded.household,
    recorded: span(recorded),
    gaps: gaps?.gaps ?? 0,
    ...(series === recorded ? {} : { playedLaterBySlots: series.firstSlot - recorded.firstSlot, played: span(series) })
  }
  const covered = current >= series.firstSlot && current < series.firstSlot + series.slots
  return {
    readings: (slot, lanes) => {
      const reading = reader(lanes)(slot)
      return reading && readingLanes(reading)
    },
    fills: measuredLanes(series, laneCodes(network)),
    about,
    notes: readingsNotes(loaded),
    ...(covered
      ? {}
      : {
          problem: `the recording is of ${span(series)} and it is ${startOf(current, slotSeconds)}: no reading to submit; --replay-from plays it now, --lab-clock moves the network's time`
        })
  }
}

async function chosenSeries(
  { data, household, facts }: RecordedChoice,
  slotSeconds: number
): Promise<{ loaded: LoadedReadings; series: HouseholdSeries }> {
  if (household === undefined) {
    const loaded = await loadReadings(data, { ...facts, slotSeconds, households: 2 })
    const [first, second] = loaded.households
    if (!first || second)
      throw new ReadingsFileError(
        data,
        `expected one household, got several, such as ${first?.household} and ${second?.household}; say which with --household`
      )
    return { loaded, series: first }
  }
  const number = /^\d{1,7}$/.test(household) ? Number(household) : undefined
  try {
    const loaded = await loadReadings(data, { ...facts, slotSeconds, households: [household] })
    const [series] = loaded.households
    if (series) return { loaded, series }
  } catch (cause) {
    // The name is unknown; other errors in the files are found again below.
    if (number === undefined || !(cause instanceof HushgridError)) throw cause
  }
  const wanted = number ?? 0
  const loaded = await loadReadings(data, { ...facts, slotSeconds, households: wanted + 1 })
  const name = loaded.gaps[wanted]?.household
  const series = loaded.households.find(each => each.household === name)
  if (!series) throw new ReadingsFileError(data, `expected a household ${household}, got ${loaded.households.length} households`)
  return { loaded, series }
}

function startOf(slot: Slot, slotSeconds: number): string {
  return new Date(slotTimes(slot, slotSeconds).start).toISOString()
}

function span(series: HouseholdSeries): string {
  const last = (series.firstSlot + series.slots - 1) as Slot
  return `${startOf(series.firstSlot, series.slotSeconds)} to ${new Date(slotTimes(last, series.slotSeconds).end).toISOString()}`
}

/** Remembers what was made for the last list of lanes, since rosters rarely change theirs. */
function memo<T>(make: (lanes: readonly ObisCode[]) => T): (lanes: readonly ObisCode[]) => T {
  let last: { key: string; value: T } | undefined
  return lanes => {
    const key = lanes.join()
    if (last?.key !== key) last = { key, value: make(lanes) }
    return last.value
  }
}
