// Views of statistics on a neighbourhood's totals.
import { counted, withheldText } from '@hushgrid/primitives'
import {
  dailyProfile,
  forecastNextDay,
  type ModelScore,
  type NextDayForecast,
  type ProfileSlot,
  peakSlots,
  type Spread,
  type TypeProfile
} from '@hushgrid/statistics'
import { type Cell, instant, laneColumn, moment, percent } from '../tables.ts'
import type { Question, View } from '../view.ts'
import { resultsOf } from './lost-slots.ts'

/** Shows the highest slots. */
export async function peaksView(question: Question): Promise<View> {
  const { network, lane, count } = question
  const { show, heading } = laneColumn(lane)
  const startOf = (slot: number): number => slot * network.slotSeconds * 1000
  const { totals, lost, range } = await resultsOf(question)
  const { peaks, energy, slots, withheld, lastWithheld, loadFactor } = peakSlots(totals, { lane, count, range })
  const why = lastWithheld && withheldText(lane, lastWithheld)
  return {
    before: [
      `Network ${network.network}: the ${peaks.length} highest of ${counted(slots, 'slot')} of ${network.slotSeconds} s, by ${heading}. Times in UTC.`
    ],
    table: {
      columns: ['rank', 'slot start', heading, 'of all', 'meters'],
      rows: peaks.map(({ slot, energy: used, share, contributors }, i) => [
        ...[i + 1, moment(startOf(slot)), show(used), percent(share), contributors]
      ])
    },
    after: [
      `All slots with a total: ${show(energy)} (${heading}). ${counted(lost.length, 'lost slot')}.`,
      ...(why === undefined ? [] : [`In ${counted(withheld, 'slot')} with a total it is ${why}.`]),
      ...(loadFactor === undefined ? [] : [`Load factor, the mean slot over the highest: ${loadFactor.toFixed(3)}.`])
    ],
    csv: {
      columns: ['rank', 'slot_start_utc', `${lane} Wh`, 'contributors'],
      rows: peaks.map(({ slot, energy: used, contributors }, i) => [i + 1, instant(startOf(slot)), used, contributors])
    },
    json: {
      network: network.network,
      lane,
      from: instant(startOf(range.from)),
      until: instant(startOf(range.until)),
      peaks: peaks.map(({ slot, energy: used, ...peak }) => ({ slot, start: instant(startOf(slot)), wattHours: used, ...peak })),
      wattHours: energy,
      slots,
      lost: lost.length,
      withheld: why === undefined ? undefined : { slots: withheld, text: why },
      loadFactor
    }
  }
}

/** Shows the shape of working days and of weekends. */
export async function profileView(question: Question): Promise<View> {
  const { network, lane, zone } = question
  const { show, heading } = laneColumn(lane)
  const { totals, lost, range } = await resultsOf(question)
  const options = { lane, slotSeconds: network.slotSeconds, timeZone: zone }
  const profile = range.from < range.until ? dailyProfile(totals, { ...options, range }) : undefined
  const types = (['working', 'weekend'] as const).map(type => ({ type, profile: profile?.[type] }))
  const daysOf = (of: TypeProfile | undefined): number => of?.days.reduce((sum, { days }) => sum + days, 0) ?? 0
  const at = (of: TypeProfile | undefined, i: number): ProfileSlot | undefined => of?.slots[i]
  const figures = (spread: Spread | undefined): Cell[] =>
    spread ? [show(spread.mean), `${show(spread.lowerQuartile)} to ${show(spread.upperQuartile)}`] : [undefined, undefined]
  const clocks = profile?.working.slots.map(({ clock }) => clock) ?? []
  return {
    before: [
      `Network ${network.network}: ${counted(daysOf(types[0]?.profile), 'working day')} and ${counted(daysOf(types[1]?.profile), 'day')} of weekends, ${heading} of a slot.`,
      `Times of day in ${zone}.`
    ],
    table: {
      columns: ['time', 'working days', 'middle half', 'weekends', 'middle half'],
      rows: clocks.map((clock, i) => [clock, ...types.flatMap(({ profile: of }) => figures(at(of, i)?.total))])
    },
    after: [`${counted(lost.length, 'lost slot')}.`],
    csv: {
      columns: ['days', 'time', 'values', 'lost', 'mean Wh', 'lower_quartile Wh', 'median Wh', 'upper_quartile Wh'],
      rows: types.flatMap(({ type, profile: of }) =>
        (of?.slots ?? []).map(({ clock, values, lost, total }) => [type, clock, values, lost, ...whole(total)])
      )
    },
    json: { network: network.network, lane, timeZone: zone, working: jsonOf(types[0]?.profile), weekend: jsonOf(types[1]?.profile) }
  }
}

/** Rounds to whole Wh. */
function whole(spread: Spread | undefined): Cell[] {
  if (!spread) return [undefined, undefined, undefined, undefined]
  const { mean, lowerQuartile, median, upperQuartile } = spread
  return [mean, lowerQuartile, median, upperQuartile].map(Math.round)
}

function jsonOf(profile: TypeProfile | undefined): unknown {
  return profile?.slots.map(({ clock, values, lost, total }) => {
    const [mean, lowerQuartile, median, upperQuartile] = whole(total)
    return { time: clock, values, lost, wattHours: total ? { mean, lowerQuartile, median, upperQuartile } : undefined }
  })
}

/** Shows the next day's load, with the model's error on days that it did not know. */
export async function forecastView(question: Question): Promise<View> {
  const { store, actor, network, range, lane, zone } = question
  const { show, heading } = laneColumn(lane)
  const startOf = (slot: number): number => slot * network.slotSeconds * 1000
  const rows = await store.readTotals(actor, network.network, range)
  const forecast = forecastNextDay(rows, { lane, slotSeconds: network.slotSeconds, timeZone: zone })
  const { date, contributors, slots, coverage } = forecast
  const day = slots.reduce((sum, { energy }) => sum + energy, 0)
  const wanted = percent(coverage.wanted)
  const sameClock = zone === 'UTC'
  return {
    before: [
      `Network ${network.network}: forecast for ${date} (${zone}) of ${counted(contributors, 'meter')}, ${heading} of a slot of ${network.slotSeconds} s.`,
      `Whole day: ${show(day)}. The band is made for ${wanted} of slots.`
    ],
    table: {
      columns: ['slot start, UTC', ...(sameClock ? [] : [zone]), heading, 'lower', 'upper'],
      rows: slots.map(({ slot, clock, energy, lower, upper }) => [
        ...[moment(startOf(slot)), ...(sameClock ? [] : [clock]), show(energy), show(lower), show(upper)]
      ])
    },
    after: errorsInWords(forecast, show, heading),
    csv: {
      columns: ['slot_start_utc', 'forecast Wh', 'lower Wh', 'upper Wh'],
      rows: slots.map(({ slot, energy, lower, upper }) => [instant(startOf(slot)), ...[energy, lower, upper].map(Math.round)])
    },
    json: {
      network: network.network,
      lane,
      date,
      timeZone: zone,
      contributors,
      slots: slots.map(({ slot, energy, lower, upper }) => ({
        slot,
        start: instant(startOf(slot)),
        wattHours: Math.round(energy),
        lower: Math.round(lower),
        upper: Math.round(upper)
      })),
      chosen: forecast.chosen,
      baseline: forecast.baseline,
      scores: forecast.scores,
      selectionDates: forecast.selectionDates,
      heldBackDates: forecast.heldBackDates,
      coverage
    }
  }
}

/** Tells the model's error on the days that had no part in its choice, beside the best rule of thumb's. */
function errorsInWords(
  { chosen, baseline, heldBackDates, coverage }: NextDayForecast,
  show: (value: number) => string,
  heading: string
): string[] {
  const score = ({ model, heldBack: { mae, rmse, mape } }: ModelScore): string => {
    const relative = mape === undefined ? '' : `, ${percent(mape)} of a slot on average`
    return `${model}: mean absolute error ${show(mae)}, root mean square ${show(rmse)}${relative}`
  }
  const first = heldBackDates[0]
  const last = heldBackDates.at(-1)
  return [
    `How far it was off on the ${counted(heldBackDates.length, 'held-back day')}, ${first} to ${last}, none of which chose the model (${heading}):`,
    `  ${score(chosen)}`,
    baseline.model === chosen.model ? '  which is itself the best rule of thumb' : `  best rule of thumb, ${score(baseline)}`,
    `  in its band: ${percent(coverage.heldBack)} of slots`
  ]
}
