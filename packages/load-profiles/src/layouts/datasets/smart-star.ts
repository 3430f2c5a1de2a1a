import { fieldsOf, isMissing, isoStamp, separatorOf } from '@hushgrid/primitives'
import { describeField, shown } from '../data-format-error.ts'
import { type Format, stem } from '../layout.ts'

const ROW = /^"?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"? *[,;\t]/
/** Lines that tell the step; the recording may become finer after them. */
const LOOKED_AT = 24

/**
 * UMass Smart*, apartments (Barker et al. 2012; apartments 2014 to 2016): no header, `YYYY-MM-DD HH:MM:SS,kW`, the mean
 * power from then on. A line a minute; the first part of the recording has one every fifteen, so the step is read off
 * the first lines and may become finer later. A row counts for twice its step at most: one that is missing is
 * bridged, two are a gap.
 *
 * Times are local (Massachusetts) without a zone. Unless the zone is given, they are taken as the clock on the wall shows
 * them: the hour that summer time skips is a gap, and of the hour it repeats the second pass is dropped and counted as out
 * of order. One apartment's files of several years belong together: `Apt1_2015` is `Apt1`.
 */
export const smartStar: Format = {
  name: 'smart-star',

  header: false,

  recognises([first = '']) {
    return ROW.test(first)
  },

  detect(lines, path) {
    let step = Number.POSITIVE_INFINITY
    let before: number | undefined
    const separator = separatorOf(lines[0] as string)
    for (const line of lines.slice(0, LOOKED_AT)) {
      const time = isoStamp(fieldsOf(line, separator)?.[0] ?? '')
      if (time === undefined) return `${shown(line)} among its first lines`
      if (before !== undefined && time > before) step = Math.min(step, time - before)
      before = time
    }
    if (!Number.isInteger(step) || step > 3600) step = 60
    return {
      name: 'smart-star',
      title: 'UMass Smart*, apartments',
      stepSeconds: step,
      unit: 'kW',
      clock: 'local',
      separator,
      sampling: { stepSeconds: step, holdSeconds: 2 * step, regular: true },
      household: stem(path).replace(/[_-](?:19|20)\d\d$/, '')
    }
  },

  reader(layout, context) {
    const store = context.store(layout.household as string)
    return (line, lineNumber) => {
      if (!store) return
      const row = context.fields(line, lineNumber)
      const [stamp = '', field = ''] = row
      const time = context.time(stamp, store)
      if (time === undefined || row.length !== 2) throw context.error(lineNumber, 'a line like 2016-01-01 00:00:00,0.25', shown(stamp))
      if (isMissing(field)) {
        store.counts.missingValues++
        return
      }
      const power = context.number(field)
      if (power === undefined) throw context.error(lineNumber, 'kW after the comma', describeField(field))
      context.put(store, lineNumber, time, power * 1000)
    }
  }
}
