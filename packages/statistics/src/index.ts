/**
 * Statistics of a neighbourhood's totals: the highest slots, the daily profile, the forecast of the next day. All of it
 * is pure and takes rows from anywhere; local time is that of the zone asked for.
 *
 * ```ts
 * import { dailyProfile, forecastNextDay, peakSlots, type SlotTotalRow } from '@hushgrid/statistics'
 *
 * const rows: SlotTotalRow[] = await store.readTotals(actor, 'elm-street', { from: 990_000, until: 993_000 })
 * const lane = '1-0:1.29.0'
 * const { peaks, loadFactor } = peakSlots(rows, { lane, count: 10 })
 * const { working, weekend } = dailyProfile(rows, { lane, slotSeconds: 1800, timeZone: 'Europe/London' })
 * const { date, slots, chosen } = forecastNextDay(rows, { lane, slotSeconds: 1800, timeZone: 'Europe/London' })
 * ```
 *
 * @packageDocumentation
 */

export { dailyProfile, type ProfileSlot, type Spread, type TypeProfile } from './daily-profile.ts'
export { forecastNextDay, type ModelScore, type NextDayForecast, ShortHistoryError } from './forecast/forecast.ts'
export { loadDurationCurve, peakSlots } from './peak-slots.ts'
export type { SlotRange, SlotTotalRow } from './slot-total.ts'
