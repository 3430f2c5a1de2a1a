// The forecast of the next day, by the model that was best lately.
import { HushgridError, InvalidArgumentError, withheldText } from '@hushgrid/primitives'
import { type CalendarOptions, LocalCalendar } from '../calendar.ts'
import { laneTotals, type SlotTotalRow } from '../slot-total.ts'
import { meanOfLastDays, sameSlotLastWeek, TYPICAL_DAYS } from './baselines.ts'
import { combination } from './combination.ts'
import { ErrorBand, errorsOf, type ForecastErrors, forecastDay, type Outcome, rollingForecasts } from './evaluation.ts'
import { LoadHistory } from './load.ts'
import type { ForecastModel } from './model.ts'
import { regression } from './regression.ts'
import { smoothing } from './smoothing.ts'

/** Candidate models, the simpler before the others. */
const MODELS: readonly ForecastModel[] = [
  sameSlotLastWeek,
  meanOfLastDays(3),
  meanOfLastDays(TYPICAL_DAYS),
  smoothing,
  regression,
  combination
]
/** Days before the first one that is forecast: a week to learn from and the week that its lags lie in. */
const LEAST_LEARNING_DAYS = 14

/** A history too short to choose a model by its errors and to tell honestly how far it is off. */
export class ShortHistoryError extends HushgridError {
  override name = 'ShortHistoryError'
}

export interface ForecastOptions extends CalendarOptions {
  /** OBIS code of the lane. */
  readonly lane: string
  /** First slot that is not known; without it, the one after the last row. */
  readonly until?: number
  /** Meters that will contribute; without it, as many as to the last total. */
  readonly contributors?: number
  /** Number of days that the model is chosen on: 7 without it. */
  readonly selectionDays?: number
  /** Number of last days, which take no part in the choice and tell the error: 7 without it. */
  readonly heldBackDays?: number
  /** Part of the slots that shall lie in the band: 0.8 without it. */
  readonly coverage?: number
  /** Number of last local days that are looked at: 56 without it. Older ones tell little, and cost time. */
  readonly historyDays?: number
}

interface SlotForecast {
  readonly slot: number
  /** Local time of its start, for example `07:30`. */
  readonly clock: string
  /** Forecast of the neighbourhood, Wh. */
  readonly energy: number
  /** Band, Wh. */
  readonly lower: number
  readonly upper: number
}

export interface ModelScore {
  readonly model: string
  readonly baseline: boolean
  /** Errors on the days of the choice: for the chosen model a little flattering, so not the error to quote. */
  readonly selection: ForecastErrors
  /** Errors on the held-back days after them: the error to quote. */
  readonly heldBack: ForecastErrors
}

export interface NextDayForecast {
  /** Local day after that of the last known slot, `YYYY-MM-DD`. */
  readonly date: string
  /** Contributors that the forecast is for. */
  readonly contributors: number
  /** All slots of the day, in order of time: 92, 96 or 100 with slots of 15 minutes. */
  readonly slots: readonly SlotForecast[]
  /** The model of the least mean absolute error on the selection days, which forecasts; it may be a baseline. */
  readonly chosen: ModelScore
  /** The baseline of the least mean absolute error on the selection days. */
  readonly baseline: ModelScore
  /** All candidates. */
  readonly scores: readonly ModelScore[]
  /** Local dates of the days of the choice, and of those that tell the error. */
  readonly selectionDates: readonly string[]
  readonly heldBackDates: readonly string[]
  /** Part of the slots that should lie in the band, and part that did on the held-back days by the selection days' errors. */
  readonly coverage: { readonly wanted: number; readonly heldBack: number }
}

/**
 * Forecasts the neighbourhood's load of the next local day, slot by slot. Candidates are rules of thumb (the same slot last
 * week; the mean of the last 3 and of the last 10 days of the same type), two models that learn (exponential smoothing, ridge
 * regression) and a combination. Each forecasts the selection days and the held-back days after them one by one, from what
 * was known before each, as far ahead as the next day is from the last known slot. The one with the least mean absolute
 * error on the selection days is chosen, and its error on the held-back days, which had no part in the choice, is told
 * beside the best baseline's. The forecast itself is learned from all days; its band comes from the errors of all days so
 * forecast.
 *
 * All is computed a contributor and multiplied by the contributors expected. The same rows give the same forecast.
 *
 * @throws ShortHistoryError where fewer whole days are known than 14 and those to choose and judge on (28 by default)
 * @throws InvalidArgumentError for options that cannot be, or rows that contradict each other
 */
export function forecastNextDay(rows: Iterable<SlotTotalRow>, options: ForecastOptions): NextDayForecast {
  const settings = checked(options)
  const calendar = new LocalCalendar(options)
  const history = historyOf(rows, options, settings.historyDays, calendar)
  const days = evaluationDays(history, settings)
  const judged = MODELS.map(model => judge(history, model, days))
  const chosen = judged.reduce(better)
  const baseline = judged.filter(({ score }) => score.baseline).reduce(better)
  const band = (outcomes: readonly Outcome[]) => new ErrorBand(outcomes, settings.coverage, calendar.bins, calendar.slotSeconds)
  return {
    ...nextDay(history, chosen.model, band([...chosen.selection, ...chosen.heldBack]), options.contributors),
    chosen: chosen.score,
    baseline: baseline.score,
    scores: judged.map(({ score }) => score),
    selectionDates: days.selection.map(day => calendar.date(day)),
    heldBackDates: days.heldBack.map(day => calendar.date(day)),
    coverage: { wanted: settings.coverage, heldBack: covered(band(chosen.selection), chosen.heldBack) }
  }
}

type Settings = Required<Pick<ForecastOptions, 'selectionDays' | 'heldBackDays' | 'coverage' | 'historyDays'>>

function checked(options: ForecastOptions): Settings {
  const { selectionDays = 7, heldBackDays = 7, coverage = 0.8, historyDays = 56, contributors = 1, until = 0 } = options
  const whole = { selectionDays, heldBackDays, historyDays, contributors, until }
  for (const [name, value] of Object.entries(whole)) {
    const least = name === 'until' ? 0 : 1
    if (!Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(name, `a whole number from ${least} on`, String(value))
  }
  if (!(coverage > 0 && coverage < 1)) throw new InvalidArgumentError('coverage', 'a part between 0 and 1', String(coverage))
  return { selectionDays, heldBackDays, coverage, historyDays }
}

function historyOf(rows: Iterable<SlotTotalRow>, options: ForecastOptions, historyDays: number, calendar: LocalCalendar): LoadHistory {
  const all = laneTotals(rows, options.lane)
  const until = options.until ?? all.range.until
  const first = all.totals[0]?.slot
  if (first === undefined || until <= first) {
    const why = all.lastWithheld ? `, ${withheldText(options.lane, all.lastWithheld)}` : ''
    throw new ShortHistoryError(`expected totals of ${options.lane} to forecast from, got none${why}`)
  }
  const lastDay = calendar.locate(until - 1).day
  const oldest = calendar.slotsOf(lastDay - historyDays)[0]?.slot ?? first
  const from = Math.max(first, oldest)
  return new LoadHistory(
    calendar,
    all.totals.filter(({ slot }) => slot >= from && slot < until),
    { from, until }
  )
}

interface EvaluationDays {
  readonly selection: readonly number[]
  readonly heldBack: readonly number[]
}

/** Gives the last whole days, those of the choice before those that tell the error. */
function evaluationDays(history: LoadHistory, { selectionDays, heldBackDays }: Settings): EvaluationDays {
  const last = history.lastWholeDay
  const first = last - heldBackDays - selectionDays + 1
  const needed = LEAST_LEARNING_DAYS + selectionDays + heldBackDays
  if (first - history.firstDay < LEAST_LEARNING_DAYS)
    throw new ShortHistoryError(`expected at least ${needed} whole local days, got ${Math.max(0, last - history.firstDay + 1)}`)
  const days = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
  return { selection: days(first, selectionDays), heldBack: days(first + selectionDays, heldBackDays) }
}

interface Judged {
  readonly model: ForecastModel
  readonly selection: readonly Outcome[]
  readonly heldBack: readonly Outcome[]
  readonly score: ModelScore
}

function judge(history: LoadHistory, model: ForecastModel, days: EvaluationDays): Judged {
  const selection = rollingForecasts(history, model, days.selection)
  const heldBack = rollingForecasts(history, model, days.heldBack)
  const errors = { selection: errorsOf(selection), heldBack: errorsOf(heldBack) }
  if (!errors.selection || !errors.heldBack)
    throw new ShortHistoryError(
      'expected totals on the days to choose on and to judge on, got none, since all of their slots were lost or withheld'
    )
  const score = { model: model.name, baseline: model.baseline, selection: errors.selection, heldBack: errors.heldBack }
  return { model, selection, heldBack, score }
}

/** Picks the better of two models; of equals the first named, which is the simpler. */
function better(a: Judged, b: Judged): Judged {
  return b.score.selection.mae < a.score.selection.mae ? b : a
}

function covered(band: ErrorBand, outcomes: readonly Outcome[]): number {
  const inside = outcomes.filter(({ forecast, actual, bin, contributors }) => {
    const { lower, upper } = band.round(forecast, bin, contributors)
    return actual >= lower && actual <= upper
  })
  return inside.length / outcomes.length
}

function nextDay(
  history: LoadHistory,
  model: ForecastModel,
  band: ErrorBand,
  wanted: number | undefined
): Pick<NextDayForecast, 'date' | 'contributors' | 'slots'> {
  const made = forecastDay(history, model, history.nextDay)
  if (!made) throw new ShortHistoryError('expected a total before the day to forecast, got none')
  const contributors = wanted ?? made.contributors
  const floor = made.floor
  return {
    date: history.calendar.date(history.nextDay),
    contributors,
    slots: history.target(history.nextDay).map(({ slot, bin }) => {
      const energy = ((made.energies[bin] as number) / made.contributors) * contributors
      const { lower, upper } = band.round(energy, bin, contributors)
      return { slot, clock: history.calendar.clock(bin), energy, lower: Math.max(floor, lower), upper: Math.max(floor, upper) }
    })
  }
}
