// The lanes of one household while its readings come in, and the series that they end in.
import { EXPORT_LANE, IMPORT_LANE, type ObisCode } from '@hushgrid/primitives'
import { type Counts, type EnergyStore, noCounts, type SlotEnergies } from './energy-store.ts'
import type { LaneEnergies } from './household-series.ts'

const NOTHING: SlotEnergies = { firstSlot: 0, energies: new Float64Array() }

/** Leaves out what has no value at all: a column that is empty throughout is no part of the home. */
function withValues(all: readonly SlotEnergies[]): SlotEnergies[] {
  return all.filter(part => part.energies.some(energy => !Number.isNaN(energy)))
}

function spanOf(parts: readonly SlotEnergies[]): { firstSlot: number; slots: number } {
  const firstSlot = Math.min(...parts.map(part => part.firstSlot))
  return { firstSlot, slots: Math.max(...parts.map(part => part.firstSlot + part.energies.length)) - firstSlot }
}

/** Sums the parts of a lane; a slot that lacks one of them is a gap. */
function summed(all: readonly SlotEnergies[]): SlotEnergies {
  const parts = withValues(all)
  const [only] = parts
  if (parts.length < 2) return only ?? NOTHING
  const { firstSlot, slots } = spanOf(parts)
  const sum = (of: readonly Float64Array[]): Float64Array =>
    Float64Array.from({ length: slots }, (_, i) =>
      parts.reduce((total, part, place) => total + (of[place]?.[firstSlot + i - part.firstSlot] ?? Number.NaN), 0)
    )
  const energies = sum(parts.map(part => part.energies))
  if (!parts.some(part => part.fedIn)) return { firstSlot, energies }
  return { firstSlot, energies, fedIn: sum(parts.map(part => part.fedIn ?? part.energies.map(energy => energy * 0))) }
}

/** Joins energies of one source whose intervals changed: of two for a slot the first counts. */
function joined(all: readonly SlotEnergies[], counts: Counts): SlotEnergies {
  const parts = withValues(all)
  const [only] = parts
  if (parts.length < 2) return only ?? NOTHING
  const { firstSlot, slots } = spanOf(parts)
  const energies = new Float64Array(slots).fill(Number.NaN)
  const fedIn = new Float64Array(slots).fill(Number.NaN)
  for (const part of parts)
    for (const [i, energy] of part.energies.entries()) {
      const at = part.firstSlot + i - firstSlot
      if (Number.isNaN(energy)) continue
      if (!Number.isNaN(energies[at] as number)) {
        counts.duplicates++
        continue
      }
      energies[at] = energy
      fedIn[at] = part.fedIn?.[i] ?? 0
    }
  const flags = {
    ...(parts.some(part => part.register) && { register: true as const }),
    ...(parts.some(part => part.rising) && { rising: true as const })
  }
  return { firstSlot, energies, ...(parts.some(part => part.fedIn) && { fedIn }), ...flags }
}

/** Key of a store: readings of one kind of interval, of a part of a lane. */
export interface StoreKey {
  readonly lane: ObisCode
  /** Part of the lane, where several add up. */
  readonly part: string
  /** Intervals and meaning of the readings, which may change from file to file. */
  readonly kind: string
}

/** Energies of a household's lanes. */
export interface FinishedLanes {
  readonly lanes: readonly LaneEnergies[]
  /** True where the readings were those of a register. */
  readonly register: boolean
  /** True where values only rise, and were taken for energies. */
  readonly rising: boolean
  /** True where values below zero were taken for feed-in, in a source without a column for that. */
  readonly net: boolean
}

/** Stores of a household's lanes, each of one part or several that add up. */
export class HouseholdLanes {
  readonly counts: Counts = noCounts()
  readonly #stores = new Map<ObisCode, Map<string, Map<string, EnergyStore>>>()

  /** The store of readings, made where it is not there yet. */
  store({ lane, part, kind }: StoreKey, make: (counts: Counts) => EnergyStore): EnergyStore {
    const parts = this.#stores.get(lane) ?? new Map<string, Map<string, EnergyStore>>()
    this.#stores.set(lane, parts)
    const kinds = parts.get(part) ?? new Map<string, EnergyStore>()
    parts.set(part, kinds)
    const held = kinds.get(kind) ?? make(this.counts)
    kinds.set(kind, held)
    return held
  }

  #finished(parts: ReadonlyMap<string, ReadonlyMap<string, EnergyStore>>): SlotEnergies {
    return summed(
      [...parts.values()].map(kinds =>
        joined(
          [...kinds.values()].map(store => store.finish()),
          this.counts
        )
      )
    )
  }

  /**
   * Makes energies of the lanes. Values below zero are feed-in where the source has no column for that; where it has, they are
   * gaps. An export column that is never above zero counts the other way round.
   */
  finish(): FinishedLanes {
    const finished = new Map([...this.#stores].map(([lane, parts]) => [lane, this.#finished(parts)]))
    const register = [...finished.values()].some(each => each.register)
    const rising = [...finished.values()].some(each => each.rising)
    const drawn = finished.get(IMPORT_LANE)
    const net = !finished.get(EXPORT_LANE)?.energies.length && drawn?.fedIn !== undefined
    const lanes: LaneEnergies[] = []
    for (const [lane, { firstSlot, energies, fedIn }] of finished) {
      if (energies.length === 0) continue
      const turned = lane === EXPORT_LANE && fedIn !== undefined && !energies.some(energy => energy > 0)
      const kept = turned ? fedIn : fedIn && !net ? energies.map((energy, i) => ((fedIn[i] as number) > 0 ? Number.NaN : energy)) : energies
      lanes.push({ lane, firstSlot, energies: kept })
      if (net && lane === IMPORT_LANE && fedIn) lanes.push({ lane: EXPORT_LANE, firstSlot, energies: fedIn })
    }
    return { lanes: lanes.sort((a, b) => (a.lane < b.lane ? -1 : 1)), register, rising, net }
  }
}
