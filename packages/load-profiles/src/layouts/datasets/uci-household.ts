import { dayFirstStamp, isMissing, separatorOf } from '@hushgrid/primitives'
import { describeField, shown } from '../data-format-error.ts'
import { type Format, stem } from '../layout.ts'

const HEADER = /^"?date"? *[,;\t] *"?time"? *[,;\t] *"?global_active_power"? *(?:[,;\t]|$)/i
/** Fields of a row; a missing row may lack the last ones. */
const FIELDS = 9

/**
 * UCI "Individual household electric power consumption" (Hebrail and Berard 2012): a header, then
 * `dd/mm/yyyy;hh:mm:ss;kW;…`, mean active power of the minute, `?` for a missing value. A minute holds for two at most:
 * one that is missing is bridged, two are a gap.
 *
 * Times are local (Sceaux) without a zone. The file's 2,075,259 rows are every minute of its calendar once, so its
 * clock keeps no summer time, and a fixed offset is exact.
 */
export const uciHousehold: Format = {
  name: 'uci-household',

  header: true,

  recognises([first = '']) {
    return HEADER.test(first)
  },

  detect([first = ''], path) {
    return {
      name: 'uci-household',
      title: 'UCI household',
      stepSeconds: 60,
      unit: 'kW',
      clock: 'local',
      separator: separatorOf(first),
      sampling: { stepSeconds: 60, holdSeconds: 120, regular: true },
      household: stem(path)
    }
  },

  reader(layout, context) {
    const store = context.store(layout.household as string)
    let header = true
    return (line, lineNumber) => {
      if (header) {
        header = false
        if (!HEADER.test(line)) throw context.error(lineNumber, 'the header Date;Time;Global_active_power;…', shown(line))
        return
      }
      if (!store) return
      const fields = context.fields(line, lineNumber)
      if (fields.length < 3 || fields.length > FIELDS) throw context.error(lineNumber, `3 to ${FIELDS} fields`, `${fields.length}`)
      const [date, clock, field] = fields as [string, string, string]
      const wall = dayFirstStamp(date, clock)
      if (wall === undefined) throw context.error(lineNumber, 'dd/mm/yyyy;hh:mm:ss', shown(`${date};${clock}`))
      if (isMissing(field)) {
        store.counts.missingValues++
        return
      }
      const power = context.number(field)
      if (power === undefined) throw context.error(lineNumber, 'kW or ? in the third field', describeField(field))
      context.put(store, lineNumber, context.local(wall, store), power * 1000)
    }
  }
}
