// Green Button: links between entries, multipliers, several usage points, what is left out, and files that are cut off.
import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import { expect, test } from 'vitest'
import { detectLayout } from '../../src/layouts/detect-layout.ts'
import { ReadingsParser } from '../../src/layouts/readings-parser.ts'
import { imports, utc } from '../support/parse.ts'

const START = utc('2011-11-30 12:00')

/** Parses a feed in pieces of some length. */
function feed(text: string, chunk = text.length, slotSeconds = 900) {
  const layout = detectLayout(text.split('\n').slice(0, 4096), 'own/meter 7.xml')
  const parser = new ReadingsParser({ slotSeconds })
  parser.begin('meter 7.xml', layout)
  for (let at = 0; at < text.length; at += chunk) parser.push(text.slice(at, at + chunk))
  parser.end()
  return { layout, ...parser.finish() }
}

interface Meter {
  readonly point?: string
  readonly reading: string
  readonly type?: string
  readonly values: readonly number[]
  readonly seconds?: number
  readonly prefix?: string
}

/** Entries of one meter reading, in the form of the public samples: links by path, a prefix, costs and qualities beside values. */
function entries({ point = '01', reading, type = '', values, seconds = 900, prefix = '' }: Meter): string {
  const root = `/v1/User/1/UsagePoint/${point}/MeterReading/${reading}`
  const tag = (name: string, content: string): string => `<${prefix}${name}>${content}</${prefix}${name}>`
  const intervals = values.map((value, i) =>
    tag(
      'IntervalReading',
      `${tag('cost', '974')}${tag('ReadingQuality', tag('quality', '8'))}${tag('timePeriod', `${tag('duration', String(seconds))}${tag('start', String(START + seconds * i))}`)}${tag('value', String(value))}`
    )
  )
  const link = (rel: string, href: string): string => `<link rel="${rel}" href="${href}"/>`
  const space = prefix === '' ? ' xmlns="http://naesb.org/espi"' : ` xmlns:${prefix.slice(0, -1)}="http://naesb.org/espi"`
  return [
    `<entry>${link('self', root)}${link('up', `/v1/User/1/UsagePoint/${point}/MeterReading`)}${link('related', `${root}/IntervalBlock`)}${link('related', `/v1/ReadingType/${point}${reading}`)}<content><${prefix}MeterReading${space}/></content></entry>`,
    `<entry>${link('self', `/v1/ReadingType/${point}${reading}`)}<content><${prefix}ReadingType${space}>${type}</${prefix}ReadingType></content></entry>`,
    `<entry>${link('self', `${root}/IntervalBlock/01`)}${link('up', `${root}/IntervalBlock`)}<content><${prefix}IntervalBlock${space}>${tag('interval', `${tag('duration', String(seconds * values.length))}${tag('start', String(START))}`)}${intervals.join('\n')}</${prefix}IntervalBlock></content></entry>`
  ].join('\n')
}

function type(fields: Readonly<Record<string, number>>, prefix = ''): string {
  const all = { accumulationBehaviour: 4, flowDirection: 1, powerOfTenMultiplier: 0, uom: 72, ...fields }
  return Object.entries(all)
    .map(([name, value]) => `<${prefix}${name}>${value}</${prefix}${name}>`)
    .join('')
}

const wrap = (...parts: string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n<title>Green Button</title>\n${parts.join('\n')}\n</feed>\n`

test('forward and reverse are the lanes of one household, named by the file, however the text is cut', () => {
  const text = wrap(
    entries({ reading: '01', type: type({}), values: [450, 320, 0, 100] }),
    entries({ reading: '02', type: type({ flowDirection: 19, powerOfTenMultiplier: -3 }), values: [0, 10_000, 50_000, 0] })
  )
  for (const chunk of [text.length, 1000, 17]) {
    const { layout, households, notes } = feed(text, chunk)
    expect(layout).toMatchObject({ name: 'green-button', stepSeconds: 900, unit: 'Wh', clock: 'UTC' })
    expect(households).toMatchObject([{ household: 'meter 7', lanes: [IMPORT_LANE, EXPORT_LANE], firstSlot: START / 900 }])
    expect([...(households[0]?.values ?? [])]).toEqual([450, 0, 320, 10, 0, 50, 100, 0])
    expect(notes).toEqual([])
  }
})

test('a prefix, blocks before their type, intervals of an hour among quarter-hours', () => {
  const [meter, kind, block] = entries({ reading: '01', type: type({}, 'espi:'), values: [400, 300], prefix: 'espi:' }).split(
    /\n(?=<entry>)/
  )
  const { households } = feed(wrap(block as string, kind as string, meter as string))
  expect(imports(households[0])).toEqual([400, 300])
  const hour = entries({ reading: '01', type: type({}), values: [100, 100] }).replace(
    '</IntervalBlock>',
    `<IntervalReading><timePeriod><duration>3600</duration><start>${START + 1800}</start></timePeriod><value>80</value></IntervalReading></IntervalBlock>`
  )
  expect(imports(feed(wrap(hour)).households[0])).toEqual([100, 100, 20, 20, 20, 20])
})

test('usage points are households of their own; power and registers are left out, and said', () => {
  const text = wrap(
    entries({ point: 'A', reading: '1', type: type({}), values: [1000, 2000] }),
    entries({ point: 'B', reading: '1', type: type({}), values: [3000, 4000] }),
    entries({ point: 'B', reading: '2', type: type({ uom: 38 }), values: [7, 7] }),
    entries({ point: 'B', reading: '3', type: type({ accumulationBehaviour: 1 }), values: [7, 7] })
  )
  const { households, notes } = feed(text)
  expect(households.map(each => [each.household, imports(each)])).toEqual([
    ['meter 7-A', [1000, 2000]],
    ['meter 7-B', [3000, 4000]]
  ])
  expect(notes).toEqual([
    'meter 7: a meter reading is left out, since its unit 38 is not Wh (72)',
    'meter 7: a meter reading is left out, since its accumulation 1 is not of intervals (4)'
  ])
})

test('a feed that is cut off, or no XML, is refused', () => {
  const text = wrap(entries({ reading: '01', type: type({}), values: [1, 2, 3] }))
  expect(() => feed(text.slice(0, text.indexOf('</IntervalBlock>')))).toThrow(
    /expected the end of the feed, got a file that is cut off within/
  )
  expect(() => feed(text.replace('</content>', '</contents>'))).toThrow(/meter 7\.xml, line \d+: expected well-formed XML/)
  expect(() => feed(text.replace('<value>2</value>', '<value>two</value>'))).toThrow(/expected a value in Wh, got "two"/)
})

test('of two meter readings for a lane the finer is taken, and said; one year may stand in one line', () => {
  const day = entries({ reading: '09', type: type({}), values: [9600], seconds: 86_400 }).replaceAll(
    String(START),
    String(START - (START % 86_400))
  )
  const fine = entries({ reading: '01', type: type({}), values: [0, 200] })
  for (const text of [wrap(day, fine), wrap(fine, day), wrap(day, fine).replaceAll('\n', '')]) {
    const { households, notes } = feed(text)
    expect(imports(households[0])).toEqual([0, 200])
    expect(notes).toEqual([`meter 7 ${IMPORT_LANE}: of 2 meter readings the one with the shortest intervals is taken`])
  }
  expect(
    feed(
      wrap(fine.replace('<powerOfTenMultiplier>0<', '<powerOfTenMultiplier>x<'), entries({ reading: '02', type: type({}), values: [5] }))
    ).notes
  ).toEqual(['meter 7: a meter reading is left out, since its multiplier "x" is no power of ten'])
})
