import { isMissing, separatorOf } from '@hushgrid/primitives'
import { describeField, shown } from '../data-format-error.ts'
import { type Format, stem } from '../layout.ts'

const HEADER = /^"?time"? *[,;\t] *"?unix"? *[,;\t] *"?aggregate"? *(?:[,;\t]|$)/i

/**
 * REFIT (Murray, Stankovic and Stankovic 2017, doi:10.1038/sdata.2016.122), raw or cleaned:
 * `Time,Unix,Aggregate,Appliance1,…,Appliance9,Issues`, watts, every 6 to 8 s. `Unix` is UTC and is what counts, `Time`
 * is not read. Of the columns only the aggregate is.
 *
 * Missing values are empty or NaN in one half of the raw set and 0 in the other, and the cleaned set fills gaps of up
 * to two minutes forward and longer ones with 0. So a sample holds for 120 s, and an aggregate of exactly 0 W, which a
 * mains meter of a lived-in house does not show, is taken for missing. Rows with `Issues` 1 (the appliances sum to more
 * than the aggregate) count and are counted. Duplicate stamps occur in the raw set.
 */
export const refit: Format = {
  name: 'refit',

  header: true,

  recognises([first = '']) {
    return HEADER.test(first)
  },

  detect([first = ''], path) {
    return {
      name: 'refit',
      title: 'REFIT',
      stepSeconds: 8,
      unit: 'W',
      clock: 'UTC',
      separator: separatorOf(first),
      sampling: { stepSeconds: 8, holdSeconds: 120, regular: false },
      household: stem(path)
        .replace(/^CLEAN_/i, '')
        .replace(/_part\d+$/i, '')
    }
  },

  reader(layout, context) {
    const store = context.store(layout.household as string)
    let fields = 0
    let issues = false
    return (line, lineNumber) => {
      if (fields === 0) {
        const header = context.fields(line, lineNumber)
        fields = header.length
        issues = /^issues$/i.test(header.at(-1) as string)
        if (!HEADER.test(line)) throw context.error(lineNumber, 'the header Time,Unix,Aggregate,…', shown(line))
        return
      }
      if (!store) return
      const row = context.fields(line, lineNumber)
      if (row.length !== fields) throw context.error(lineNumber, `${fields} fields`, `${row.length}`)
      const unix = row[1] as string
      const time = context.number(unix)
      if (time === undefined) throw context.error(lineNumber, 'Unix seconds in the second field', describeField(unix))
      const field = row[2] as string
      const watts = context.number(field)
      if (watts === undefined && !isMissing(field)) throw context.error(lineNumber, 'watts in the third field', describeField(field))
      if (watts === undefined || watts === 0) {
        store.counts.missingValues++
        return
      }
      if (issues && row[fields - 1] === '1') store.counts.flagged++
      context.put(store, lineNumber, time, watts)
    }
  }
}
