import type { JSX } from 'preact'
import { addDays, isDate, type LocalDate } from '../../common/local-time.ts'

interface Props {
  readonly day: LocalDate
  /** Last day that has a total. */
  readonly last: LocalDate
  readonly choose: (day: LocalDate) => void
}

/** Offers a day, and those beside it. */
export function DayChoice({ day, last, choose }: Props): JSX.Element {
  return (
    <>
      <div class="field">
        <label for="day">Day</label>
        <input
          id="day"
          type="date"
          value={day}
          onChange={event => isDate(event.currentTarget.value) && choose(event.currentTarget.value)}
        />
      </div>
      <div class="steps">
        <button type="button" onClick={() => choose(addDays(day, -1))}>
          Previous day
        </button>
        <button type="button" onClick={() => choose(addDays(day, 1))}>
          Next day
        </button>
        <button type="button" onClick={() => choose(last)}>
          Last day
        </button>
      </div>
    </>
  )
}
