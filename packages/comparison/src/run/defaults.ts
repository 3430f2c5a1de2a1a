/** Defaults of a comparison, for its plan and for the help. */
export const COMPARISON_DEFAULTS = {
  sizes: [10, 25, 50, 100],
  bits: 2048,
  slots: 6,
  leastSlotMs: 1000,
  /** Time of one core for a slot of one meter, ms, with room to spare. */
  slotMsPerMeter: 8
} as const
