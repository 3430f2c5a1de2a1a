/** Irregularities of one household's readings. */
export interface Counts {
  /** Readings of the source that held a value. */
  samples: number
  /** Readings of the source that say there is no value: `Null`, `?`, an empty cell, NaN. */
  missingValues: number
  /** Second readings for the same moment; the first counts. */
  duplicates: number
  /** Those duplicates that said something else than the first. */
  conflicting: number
  /** Readings that came after later ones: energies are put in their place, samples of power are dropped. */
  outOfOrder: number
  /** Readings that the publisher flagged as doubtful (REFIT's `Issues`); they count. */
  flagged: number
}

/** Nothing irregular. */
export function noCounts(): Counts {
  return { samples: 0, missingValues: 0, duplicates: 0, conflicting: 0, outOfOrder: 0, flagged: 0 }
}

/** Store of one household's readings, which makes slots of them. */
export interface EnergyStore {
  readonly counts: Counts
  /**
   * @param time - Unix seconds
   * @param value - Wh of the interval that starts then, or W from then on; not negative
   * @returns false where the moment is absurdly far from the others
   */
  add(time: number, value: number): boolean
  /** Wh per slot, NaN in a gap. */
  finish(): { firstSlot: number; energies: Float64Array }
}
