import { decimal, isoStamp } from '@hushgrid/primitives'
import { describeField, shown } from './data-format-error.ts'
import { type Format, stem } from './layout.ts'

const ROW = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d *,/

/**
 * UMass Smart*, apartments (Barker et al. 2012; apartments 2014 to 2016): no header, `YYYY-MM-DD HH:MM:SS,kW`, the mean
 * power from then on. A line a minute; the first part of the recording has one every fifteen, so the step is read off
 * the first lines and may become finer later. A row counts for twice its step at most: one that is missing is
 * bridged, two are a gap.
 *
 * Times are local (Massachusetts) without a zone. They are taken as the clock on the wall shows them, at a fixed
 * offset: the hour that summer time skips is a gap, and of the hour it repeats the second pass is dropped and counted
 * as out of order. One apartment's files of several years belong together: `Apt1_2015` is `Apt1`.
 */
export const smartStar: Format = {
  name: 'smart-star',

  recognises(firstLine) {
    return ROW.test(firstLine)
  },

  detect(lines, path) {
    let step = Number.POSITIVE_INFINITY
    let before: number | undefined
    for (const line of lines) {
      const time = isoStamp((line.split(',', 1)[0] as string).trim())
      if (time === undefined) return `${shown(line)} among its first lines`
      if (before !== undefined && time > before) step = Math.min(step, time - before)
      before = time
    }
    if (!Number.isInteger(step) || step > 3600) step = 60
    return {
      name: 'smart-star',
      title: 'UMass Smart*, apartments',
      stepSeconds: step,
      sampling: { stepSeconds: step, holdSeconds: 2 * step, regular: true },
      household: stem(path).replace(/[_-](?:19|20)\d\d$/, '')
    }
  },

  reader(layout, context) {
    const store = context.store(layout.household as string)
    const offset = context.options.utcOffsetSeconds ?? 0
    return (line, lineNumber) => {
      if (!store) return
      const comma = line.indexOf(',')
      const stamp = (comma < 0 ? line : line.slice(0, comma)).trim()
      const time = isoStamp(stamp)
      if (time === undefined || comma < 0) throw context.error(lineNumber, 'a line like 2016-01-01 00:00:00,0.25', shown(stamp))
      const field = line.slice(comma + 1)
      const power = decimal(field)
      if (power === undefined) throw context.error(lineNumber, 'kW after the comma', describeField(field))
      context.put(store, lineNumber, time - offset, power * 1000)
    }
  }
}
