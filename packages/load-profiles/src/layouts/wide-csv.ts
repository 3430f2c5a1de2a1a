// The layout that Hushgrid itself writes: a line a slot, a column a household.
import { decimal, isoStamp, readableUtc } from '@hushgrid/primitives'
import type { EnergyStore } from '../series/energy-store.ts'
import { describeField, shown } from './data-format-error.ts'
import { gcd } from './fields.ts'
import type { Format, Layout } from './layout.ts'

const FIRST_COLUMN = 'slot_start_utc'

/** The household names of a header, or in one clause what is wrong with it. */
function householdsOf(header: string): string[] | string {
  const names = header.split(',').slice(1)
  if (names.length === 0) return 'no column but the first'
  const seen = new Set<string>()
  for (const [i, raw] of names.entries()) {
    const name = raw.trim()
    if (name === '') return `no name over column ${i + 2}`
    if (seen.has(name)) return `the household ${shown(name)} twice`
    seen.add(name)
  }
  return names.map(name => name.trim())
}

/**
 * Wide CSV: `slot_start_utc`, then one column a household, Wh of the slot that starts then. An empty cell is a gap. The
 * length of the slots is read off the first rows; rows may be left out and come in any order.
 */
export const wideCsv: Format = {
  name: 'wide-csv',

  recognises(firstLine) {
    return firstLine.split(',', 1)[0]?.trim() === FIRST_COLUMN
  },

  detect(lines) {
    const names = householdsOf(lines[0] as string)
    if (typeof names === 'string') return `a header with ${names}`
    let step = 0
    let before: number | undefined
    for (const line of lines.slice(1)) {
      const cells = line.split(',')
      const odd = cells.slice(1).findIndex(cell => cell.trim() !== '' && decimal(cell) === undefined)
      if (odd >= 0) return `a column ${shown(names[odd] ?? '')} with ${describeField(cells[odd + 1] as string)} in it, not Wh`
      const time = isoStamp((cells[0] as string).trim())
      if (time === undefined) return `${shown(cells[0] as string)} for the start of a slot`
      if (before !== undefined) step = gcd(step, time - before)
      before = time
    }
    if (step === 0) return 'fewer than two slots, which do not tell how long a slot is'
    if (!Number.isInteger(step) || step > 86_400) return `slots of ${step} s`
    return { name: 'wide-csv', title: 'wide CSV, one column a household', stepSeconds: step }
  },

  reader(layout: Layout, context) {
    let stores: (EnergyStore | undefined)[] | undefined
    return (line, lineNumber) => {
      if (!stores) {
        const names = householdsOf(line)
        if (typeof names === 'string') throw context.error(lineNumber, 'a header that names each household once', names)
        stores = names.map(name => context.store(name))
        return
      }
      const cells = line.split(',')
      if (cells.length !== stores.length + 1) throw context.error(lineNumber, `${stores.length + 1} fields`, `${cells.length}`)
      const stamp = (cells[0] as string).trim()
      const time = isoStamp(stamp)
      if (time === undefined) throw context.error(lineNumber, 'a slot start like 2013-02-04T00:30Z', shown(stamp))
      if (time % layout.stepSeconds !== 0)
        throw context.error(lineNumber, `a slot start at a whole multiple of ${layout.stepSeconds} s`, readableUtc(time))
      for (let i = 0; i < stores.length; i++) {
        const store = stores[i]
        if (!store) continue
        const cell = cells[i + 1] as string
        const energy = decimal(cell)
        if (energy !== undefined) context.put(store, lineNumber, time, energy)
        else if (cell.trim() === '') store.counts.missingValues++
        else throw context.error(lineNumber, `Wh or nothing in column ${i + 2}`, describeField(cell))
      }
    }
  }
}
