export { dailyProfile, type ProfileSlot, type Spread, type TypeProfile } from './daily-profile.ts'
export { forecastNextDay, type ModelScore, type NextDayForecast, ShortHistoryError } from './forecast/forecast.ts'
export { loadDurationCurve, peakSlots } from './peak-slots.ts'
export type { SlotRange, SlotTotalRow } from './slot-total.ts'
