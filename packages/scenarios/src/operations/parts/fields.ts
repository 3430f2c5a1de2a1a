import { z } from 'zod'

/** Slots that a scenario may have. */
export const MAX_SLOTS = 100_000

export const at = z
  .number()
  .min(0)
  .describe(
    "When, in slots from 0: the whole number k is the moment when slot k's submissions begin, the fraction counts on from there (k + 0.25 is its deadline, k + 0.75 when it is over)."
  )
export const meter = z.int().min(0)
export const meters = z.array(meter).min(1)
export const duration = z.number().gt(0).max(MAX_SLOTS).describe('For how many slots.')
export const ended = duration.optional().describe('Ended after so many slots; not at all where it is left out.')

/** Meters that an operation is about: exactly one of these is given. */
export const choice = {
  meter: meter.optional().describe('One meter, by its number from 0; those who join get the next numbers.'),
  meters: meters.optional().describe('These meters.'),
  count: z.int().min(1).optional().describe('So many, drawn from those that run.'),
  fraction: z.number().gt(0).max(1).optional().describe('This fraction of those that run, rounded to the nearest number, drawn.')
}
