/** Defaults of a run, for its plan and for the help. */
export const LAB_DEFAULTS = {
  members: 50,
  slotMs: 1000,
  /** Time of one core for a slot of one meter, ms, with room to spare; all nodes of a lab share the machine. */
  slotMsPerMeter: 8
} as const
