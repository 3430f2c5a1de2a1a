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
  /** Values below zero: taken for energy that was fed in, or left out where another column has that. */
  negative: number
  /** Drops of a register that only grows, each of them a gap. */
  resets: number
  /** Stamps that the clock on the wall skips when summer time begins; left out. */
  skippedHours: number
}

/** Nothing irregular. */
export function noCounts(): Counts {
  return {
    samples: 0,
    missingValues: 0,
    duplicates: 0,
    conflicting: 0,
    outOfOrder: 0,
    flagged: 0,
    negative: 0,
    resets: 0,
    skippedHours: 0
  }
}

/** Energies of slots, as a store makes them of readings. */
export interface SlotEnergies {
  readonly firstSlot: number
  /** Wh per slot that were drawn, NaN in a gap. */
  readonly energies: Float64Array
  /** Wh per slot that were fed in, of the same slots; absent where no value was negative. */
  readonly fedIn?: Float64Array
  /** True where the values were those of a register and these are its differences. */
  readonly register?: true
  /** True where the values only rise and were taken for energies all the same. */
  readonly rising?: true
}

/** Store of one lane of a household's readings, which makes slots of them. */
export interface EnergyStore {
  /** Counts of the household, which its lanes share. */
  readonly counts: Counts
  /**
   * @param time - Unix seconds
   * @param value - Wh of the interval that starts then, or W from then on; below zero where energy was fed in
   * @returns false where the moment is absurdly far from the others
   */
  add(time: number, value: number): boolean
  finish(): SlotEnergies
}
