import { dayFirstStamp, EXPORT_LANE, IMPORT_LANE, isMissing, type ObisCode } from '@hushgrid/primitives'
import { describeField, shown } from '../data-format-error.ts'
import type { Format } from '../layout.ts'

const HALF_HOUR = 1800
const HEADER = /^"?customer"? *, *"?generator capacity"? *, *"?postcode"? *, *"?consumption category"? *, *"?date"? *,/i
/** Columns before the first half-hour. */
const BEFORE = 5
const HALF_HOURS = 48
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** General consumption, controlled load, and gross generation, all of which goes into the grid under the trial's metering. */
const CATEGORIES: Readonly<Record<string, ObisCode>> = { GC: IMPORT_LANE, CL: IMPORT_LANE, GG: EXPORT_LANE }

/** Gives the start of `1-Jul-10` or `1/07/2011` (the files of the three years differ), as Unix seconds of UTC. */
function startOfDay(text: string): number | undefined {
  const [day = '', month = '', year = ''] = text.split(/[-/]/)
  const number = MONTHS.indexOf(month.toLowerCase()) + 1 || Number(month)
  return dayFirstStamp(`${day}/${number}/${year.length === 2 ? `20${year}` : year}`, '00:00')
}

/**
 * Ausgrid, "Solar home electricity data" (300 homes in New South Wales, July 2010 to June 2013; described by Ratnam et al.
 * 2017, doi:10.1080/14786451.2015.1100196): a line of notes, a header, then a row a customer, category and day with 48
 * energies in kWh, each under the end of its half-hour. Controlled load is added to general consumption.
 *
 * Generation is gross: all of it passes the export register, whatever the home uses. Every day has 48 values, so its clock
 * keeps no summer time; which offset it has the publication does not say.
 */
export const ausgrid: Format = {
  name: 'ausgrid',
  header: true,

  recognises(lines) {
    return lines.slice(0, 2).some(line => HEADER.test(line))
  },

  detect() {
    return { name: 'ausgrid', title: 'Ausgrid solar homes', stepSeconds: HALF_HOUR, unit: 'kWh', clock: 'local' }
  },

  reader(_layout, context) {
    let begun = false
    return (line, lineNumber) => {
      if (!begun || HEADER.test(line)) {
        begun = HEADER.test(line)
        return
      }
      const row = context.fields(line, lineNumber)
      const [customer = '', , , category = '', date = ''] = row
      if (row.length < BEFORE + HALF_HOURS) throw context.error(lineNumber, `${BEFORE + HALF_HOURS} fields or more`, `${row.length}`)
      const lane = CATEGORIES[category.toUpperCase()]
      if (lane === undefined) throw context.error(lineNumber, 'a category GC, CL or GG', shown(category))
      const store = context.store(`customer-${customer}`, lane, category.toUpperCase())
      if (!store) return
      const start = startOfDay(date)
      if (start === undefined) throw context.error(lineNumber, 'a day like 1/07/2011 or 1-Jul-10', shown(date))
      for (const [i, field] of row.slice(BEFORE, BEFORE + HALF_HOURS).entries()) {
        const energy = context.number(field)
        if (energy !== undefined) context.put(store, lineNumber, context.local(start + i * HALF_HOUR, store), energy * 1000)
        else if (isMissing(field)) store.counts.missingValues++
        else throw context.error(lineNumber, 'kWh', describeField(field))
      }
    }
  }
}
