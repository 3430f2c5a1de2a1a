// The layout of Low Carbon London's files.
import { fieldsOf, isMissing, isoStamp, readableUtc, separatorOf } from '@hushgrid/primitives'
import type { EnergyStore } from '../../series/energy-store.ts'
import { describeField, shown } from '../data-format-error.ts'
import type { Format } from '../layout.ts'

/** Seconds of the trial's readings. */
const HALF_HOUR = 1800

/** Finds the columns: household, stamp, energy. */
function columnsOf(header: string): { id: number; time: number; energy: number; fields: number } | undefined {
  const names = (fieldsOf(header, separatorOf(header)) ?? []).map(name => name.toLowerCase())
  const id = names.indexOf('lclid')
  const time = Math.max(names.indexOf('tstp'), names.indexOf('datetime'))
  const energy = Math.max(names.indexOf('energy(kwh/hh)'), names.indexOf('kwh/hh (per half hour)'))
  return id < 0 || time < 0 || energy < 0 ? undefined : { id, time, energy, fields: names.length }
}

/**
 * Low Carbon London (UK Power Networks, "SmartMeter Energy Consumption Data in London Households"): kWh per half-hour,
 * in UTC all year, as `LCLid,tstp,energy(kWh/hh)` or `LCLid,stdorToU,DateTime,KWH/hh (per half hour) `; any number of
 * households a file. Blanks stand around the energy, stamps may carry a fraction of zeros.
 *
 * What is irregular as published: about one row a household, most of them on 2012-12-18, has `Null` for its energy
 * and a stamp off the half-hour, such rows are counted and left out; missing half-hours; duplicates in the full
 * download. Anything else off the grid is refused.
 *
 * Nothing in the publication says whether a stamp is the start or the end of its half-hour. A start is assumed, as in
 * nearly all work on the data, so that figures compare. Whole missing days run from 00:30 to 00:00 though, recordings
 * begin at 00:30 and end at 00:00, which is how meters stamp the end; `londonStamps: 'end'` takes it so.
 */
export const lowCarbonLondon: Format = {
  name: 'low-carbon-london',

  header: true,

  recognises([first = '']) {
    return /^"?lclid"? *[,;\t]/i.test(first)
  },

  detect(lines) {
    const columns = columnsOf(lines[0] as string)
    if (!columns) return 'a header without tstp or DateTime, or without kWh per half-hour'
    const separator = separatorOf(lines[0] as string)
    const firstHousehold = lines[1] === undefined ? undefined : fieldsOf(lines[1], separator)?.[columns.id]
    return {
      name: 'low-carbon-london',
      title: 'Low Carbon London, half-hourly',
      stepSeconds: HALF_HOUR,
      unit: 'kWh',
      clock: 'UTC',
      separator,
      ...(firstHousehold ? { firstHousehold } : {})
    }
  },

  reader(_layout, context) {
    const shift = context.options.londonStamps === 'end' ? -HALF_HOUR : 0
    let columns: ReturnType<typeof columnsOf>
    let household = ''
    let store: EnergyStore | undefined
    return (line, lineNumber) => {
      if (!columns) {
        columns = columnsOf(line)
        if (!columns) throw context.error(lineNumber, 'the header LCLid,tstp,energy(kWh/hh)', shown(line))
        return
      }
      const fields = context.fields(line, lineNumber)
      if (fields.length !== columns.fields) throw context.error(lineNumber, `${columns.fields} fields`, `${fields.length}`)
      const id = fields[columns.id] as string
      if (id === '') throw context.error(lineNumber, 'a household in LCLid', 'an empty field')
      if (id !== household) {
        household = id
        store = context.store(id)
      }
      if (!store) return
      const field = fields[columns.energy] as string
      const stamp = fields[columns.time] as string
      const time = isoStamp(stamp)
      if (time === undefined) throw context.error(lineNumber, 'a stamp like 2013-01-01 00:30:00', shown(stamp))
      if (isMissing(field)) {
        store.counts.missingValues++
        return
      }
      const energy = context.number(field)
      if (energy === undefined) throw context.error(lineNumber, 'kWh or Null', describeField(field))
      if (time % HALF_HOUR !== 0) throw context.error(lineNumber, 'a stamp on the half-hour', readableUtc(time))
      context.put(store, lineNumber, time + shift, energy * 1000)
    }
  }
}
