// Sources of a lab's readings: a seeded synthetic neighbourhood, or recorded households.

import type { CredentialLane } from '@hushgrid/dcnet'
import { type HouseholdSeries, laneReader, measuredLanes, renderGapReports, syntheticNeighbourhood } from '@hushgrid/load-profiles'
import { type DataFacts, type LoadedReadings, loadOptionsOf, loadReadings, readingsNotes } from '@hushgrid/node-meter'
import {
  counted,
  DEFAULT_SLOT_SECONDS,
  EXPORT_LANE,
  HushgridError,
  IMPORT_LANE,
  type LaneVector,
  type ObisCode,
  readingLanes,
  type Slot,
  slotAt
} from '@hushgrid/primitives'
import { laneCodes, type Network } from '@hushgrid/topology'
import type { HouseholdReading } from './operation.ts'

/** Recipe by which another process makes the same readings. Recorded ones are sent along, each host its own. */
export type ReadingsRecipe =
  | {
      readonly kind: 'synthetic'
      readonly seed: string
      readonly households: number
      readonly slotSeconds: number
      readonly lanes: readonly ObisCode[]
    }
  | { readonly kind: 'recorded'; readonly series: ReadonlyMap<number, HouseholdSeries> }

export interface LabReadings {
  readonly recipe: ReadingsRecipe
  /** Number of households with readings. */
  readonly households: number
  /** First slot that a run over these readings can have. */
  readonly firstSlot: Slot
  /** Slot after the last; undefined where there is no end. */
  readonly endSlot?: Slot
  /** Notes for a person on the source and its gaps. */
  readonly notes: readonly string[]
  /** Name of the source, for the report. */
  readonly source: string
}

/** Gives the reader of a recipe, by household number; a roster may have fewer lanes than the network. */
export function readerOf(recipe: ReadingsRecipe): HouseholdReading {
  if (recipe.kind === 'synthetic') {
    const neighbourhood = syntheticNeighbourhood({ ...recipe, lanes: [...recipe.lanes] })
    return (household, slot, lanes) => {
      const reading = neighbourhood.readingAt(household, slot)
      return lanes.map(lane => reading[recipe.lanes.indexOf(lane)] ?? 0)
    }
  }
  const readers = new Map<string, (at: Slot) => readonly number[] | undefined>()
  return (household, slot, lanes) => {
    const key = `${household} ${lanes.join()}`
    const reader = readers.get(key) ?? laneReader(seriesOf(recipe, household), lanes)
    readers.set(key, reader)
    return reader(slot)
  }
}

/** Gives the lanes that a household can fill, of those asked for; its readings of others are 0. */
export type FillableLanes = (household: number, lanes: readonly ObisCode[]) => readonly ObisCode[]

/** Gives the lanes that each household of a recipe can fill. */
export function fillableOf(recipe: ReadingsRecipe): FillableLanes {
  if (recipe.kind === 'synthetic') {
    const neighbourhood = syntheticNeighbourhood({ ...recipe, lanes: [...recipe.lanes] })
    return (household, lanes) => neighbourhood.lanesOf(household).filter(lane => lanes.includes(lane))
  }
  return (household, lanes) => measuredLanes(seriesOf(recipe, household), lanes)
}

/** Lanes that a synthetic home may be able to fill, or not. */
const MADE_UP: readonly ObisCode[] = [IMPORT_LANE, EXPORT_LANE]

/**
 * Gives the lanes that each home of a seed can fill, for runs in virtual time: those that it has in a live run of the same
 * seed. A lane that no synthetic home has, all can fill.
 *
 * @param homes - number of homes, newcomers included
 */
export function homeLanes(network: Pick<Network, 'lanes'>, homes: number, seed: string): (home: number) => readonly CredentialLane[] {
  const lanes = laneCodes(network)
  const known = lanes.filter(lane => MADE_UP.includes(lane))
  // What a home has does not depend on the length of a slot.
  const fills =
    known.length > 0 && fillableOf({ kind: 'synthetic', seed, households: homes, slotSeconds: DEFAULT_SLOT_SECONDS, lanes: known })
  const lanesOf = (home: number): readonly CredentialLane[] => {
    const filled = fills ? fills(home, known) : []
    return withoutConsent(lanes.filter(lane => !known.includes(lane) || filled.includes(lane)))
  }
  const byHome = Array.from({ length: homes }, (_, home) => lanesOf(home))
  return home => byHome[home] ?? lanesOf(home)
}

/** Gives lanes as a credential has them, of a household that does not agree to be seen in a sum of few. */
export function withoutConsent(lanes: readonly ObisCode[]): CredentialLane[] {
  return lanes.map(obis => ({ obis, consent: false }))
}

function seriesOf({ series }: Extract<ReadingsRecipe, { kind: 'recorded' }>, household: number): HouseholdSeries {
  const found = series.get(household)
  if (!found) throw new HushgridError(`household ${household}: expected its recording`)
  return found
}

/** Gives one household's readings as its meter takes them. */
export function laneReadings(
  read: HouseholdReading,
  household: number
): (slot: Slot, lanes: readonly ObisCode[]) => LaneVector | undefined {
  return (slot, lanes) => {
    const reading = read(household, slot, lanes)
    // The first reading of a synthetic day makes the whole day; now is a better time than the end of the next slot.
    setImmediate(() => read(household, (slot + 1) as Slot, lanes))
    return reading && readingLanes(reading)
  }
}

/** Gives the part of a recipe that a host of some households needs. */
export function recipeFor(recipe: ReadingsRecipe, households: readonly number[]): ReadingsRecipe {
  if (recipe.kind === 'synthetic') return recipe
  return { kind: 'recorded', series: new Map([...recipe.series].filter(([household]) => households.includes(household))) }
}

/** A Monday in spring at six: the morning's peak comes first, then the panels. */
const DEFAULT_START = Date.UTC(2025, 2, 24, 6)

export function syntheticReadings(network: Network, households: number, seed: string): LabReadings {
  const start = (network.start ?? DEFAULT_START) as Parameters<typeof slotAt>[0]
  return {
    recipe: { kind: 'synthetic', seed, households, slotSeconds: network.slotSeconds, lanes: laneCodes(network) },
    households,
    firstSlot: slotAt(start, network.slotSeconds),
    notes: [],
    source: `synthetic neighbourhood, seed ${seed}`
  }
}

/**
 * Loads recorded readings.
 *
 * @param slotSeconds - length of the network's slots; that which fits the readings best unless given
 */
export async function recordedReadings(path: string, facts: DataFacts, slotSeconds?: number): Promise<LoadedReadings> {
  return await loadReadings(path, { ...loadOptionsOf(facts), ...(slotSeconds !== undefined && { slotSeconds }) })
}

/**
 * @param spare - number of further households that may join, as far as there are any
 * @throws HushgridError where there are fewer households than members
 */
export function readingsOfRecording(loaded: LoadedReadings, network: Network, members: number, path: string, spare = 0): LabReadings {
  const { households } = loaded
  if (households.length < members) {
    throw new HushgridError(`--n ${members}: ${path} has readings of ${counted(households.length, 'household')}; --n can be at most that`)
  }
  const chosen = households.slice(0, members)
  const kept = households.slice(0, members + spare)
  const firstSlot = Math.min(...chosen.map(series => series.firstSlot))
  const endSlot = Math.max(...chosen.map(series => series.firstSlot + series.slots))
  const wanted = network.start === undefined ? firstSlot : slotAt(network.start, network.slotSeconds)
  const begin = wanted >= firstSlot && wanted < endSlot ? wanted : firstSlot
  const names = new Set(chosen.map(series => series.household))
  return {
    recipe: { kind: 'recorded', series: new Map(kept.map((series, index) => [index, series])) },
    households: kept.length,
    firstSlot: begin as Slot,
    endSlot: endSlot as Slot,
    notes: [
      `readings: ${loaded.title}, ${chosen.length} of ${households.length} households`,
      ...renderGapReports(loaded.gaps.filter(gap => names.has(gap.household))),
      ...readingsNotes(loaded)
    ],
    source: loaded.title
  }
}
