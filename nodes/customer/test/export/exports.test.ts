// Exports, read again by parsers that are not ours: saxes for XML, and the City of Sault Ste. Marie's for Green Button.

import { EXPORT_LANE, IMPORT_LANE, InvalidArgumentError, meterId, obisCode, type Slot } from '@hushgrid/primitives'
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { describe, expect, it } from 'vitest'
import { measuredSlots, type ReadingSpan, ReadingSpanError } from '../../src/device/reading-span.ts'
import { toCsv } from '../../src/export/csv-export.ts'
import { toGreenButton } from '../../src/export/green-button.ts'
import {
  atomToGreenButtonJson,
  getEntriesByContentType,
  getReadingTypeEntryFromIntervalBlockEntry,
  getUsagePointEntryFromIntervalBlockEntry
} from '../support/green-button-parser.ts'

const METER = meterId('ab'.repeat(32))
const NOW = Date.parse('2014-01-01T00:00:00Z')
const HALF_HOUR = 1800
const LANES = [IMPORT_LANE, EXPORT_LANE]
const INIT = { meterId: METER, zone: 'Europe/London', now: NOW }

function span(from: string, readings: ReadingSpan['readings'], lanes = LANES): ReadingSpan {
  return { slotSeconds: HALF_HOUR, firstSlot: (Date.parse(from) / 1000 / HALF_HOUR) as Slot, lanes, readings }
}

/** The day on which an hour comes twice, with two gaps of the meter's, and then the next day but one slot of it. */
const AUTUMN = [
  span('2013-10-27T02:00Z', [[0n, 2n ** 47n - 1n]]),
  span('2013-10-26T23:00Z', [[150n, 0n], [151n, 0n], undefined, undefined, [154n, 7n]])
]

describe('spans', () => {
  it('are joined in order of time, and what is missing is counted', () => {
    const { slots, missing } = measuredSlots(AUTUMN)
    expect(slots.map(({ slot }) => slot - (slots[0]?.slot ?? 0))).toEqual([0, 1, 4, 6])
    expect(missing).toBe(3)
  })

  it.each([
    ['no slot', []],
    ['a slot twice', [AUTUMN[0], AUTUMN[0]] as ReadingSpan[]],
    ['slots that overlap', [...AUTUMN, span('2013-10-27T01:00Z', [undefined])]],
    ['other lanes', [...AUTUMN, span('2013-10-28T00:00Z', [[1n]], [IMPORT_LANE])]],
    ['another length of slots', [...AUTUMN, { ...span('2013-11-28T00:00Z', [[1n, 1n]]), slotSeconds: 900 }]],
    ['a lane too few', [span('2013-10-28T00:00Z', [[1n]])]]
  ])('are refused with %s', (_, spans) => {
    expect(() => measuredSlots(spans)).toThrow(ReadingSpanError)
  })
})

describe('CSV', () => {
  it('has a line for each slot that was measured, in both times', () => {
    expect(toCsv(measuredSlots(AUTUMN), 'Europe/London').split('\r\n')).toEqual([
      'slot_start_utc,slot_start_local,1-0:1.29.0 Wh,1-0:2.29.0 Wh',
      '2013-10-26T23:00Z,2013-10-27T00:00+01:00,150,0',
      '2013-10-26T23:30Z,2013-10-27T00:30+01:00,151,0',
      '2013-10-27T01:00Z,2013-10-27T01:00+00:00,154,7',
      '2013-10-27T02:00Z,2013-10-27T02:00+00:00,0,140737488355327',
      ''
    ])
  })
})

describe('Green Button', () => {
  const xml = toGreenButton(measuredSlots(AUTUMN), INIT)

  it('gives another parser the readings, their units, directions and times', async () => {
    const feed = await atomToGreenButtonJson(xml)
    const [usagePoint] = getEntriesByContentType(feed, 'UsagePoint')
    expect(usagePoint?.content.UsagePoint.ServiceCategory.kind_value).toBe('Electricity')
    const blocks = getEntriesByContentType(feed, 'IntervalBlock')
    const read = blocks.map(block => {
      const type = getReadingTypeEntryFromIntervalBlockEntry(feed, block)?.content.ReadingType
      expect(getUsagePointEntryFromIntervalBlockEntry(feed, block)?.title).toBe(`Meter ${METER}`)
      expect(type).toMatchObject({ uom_value: 'Wh', powerOfTenMultiplier: 0, intervalLength: HALF_HOUR, commodity: 1, kind: 12 })
      expect(type?.accumulationBehaviour_value).toBe('Delta Data')
      return block.content.IntervalBlock.map(({ interval, IntervalReading }) => ({
        direction: type?.flowDirection_value,
        start: new Date((interval?.start ?? 0) * 1000).toISOString(),
        slots: (interval?.duration ?? 0) / HALF_HOUR,
        readings: IntervalReading?.map(({ timePeriod, value }) => [((timePeriod?.start ?? 0) - (interval?.start ?? 0)) / HALF_HOUR, value])
      }))
    })
    const blocksOf = (direction: string, values: readonly number[]) => [
      [
        {
          direction,
          start: '2013-10-26T23:00:00.000Z',
          slots: 2,
          readings: [
            [0, values[0]],
            [1, values[1]]
          ]
        }
      ],
      [{ direction, start: '2013-10-27T01:00:00.000Z', slots: 1, readings: [[0, values[2]]] }],
      [{ direction, start: '2013-10-27T02:00:00.000Z', slots: 1, readings: [[0, values[3]]] }]
    ]
    expect(read).toEqual([...blocksOf('Forward', [150, 151, 154, 0]), ...blocksOf('Reverse', [0, 0, 7, 2 ** 47 - 1])])
  })

  it('says how many slots are missing', async () => {
    const titles = (text: string) =>
      atomToGreenButtonJson(text).then(feed => getEntriesByContentType(feed, 'MeterReading').map(e => e.title))
    expect(await titles(xml)).toEqual([
      'Energy drawn from the grid, 3 slots missing and left out',
      'Energy fed into the grid, 3 slots missing and left out'
    ])
    const whole = toGreenButton(measuredSlots([span('2013-06-01T00:00Z', [[1n], [2n]], [IMPORT_LANE])]), INIT)
    expect(await titles(whole)).toEqual(['Energy drawn from the grid, no slot missing'])
  })

  it('is the same at every export, but for the moment of it', () => {
    expect(toGreenButton(measuredSlots(AUTUMN.toReversed()), { ...INIT, now: NOW + 1000 })).toBe(
      xml.replaceAll('2014-01-01T00:00:00.000Z', '2014-01-01T00:00:01.000Z')
    )
  })

  it('refuses a lane that ESPI has no direction for, and gaps only', () => {
    const reactive = measuredSlots([span('2013-06-01T00:00Z', [[1n]], [obisCode('1-0:13.29.0')])])
    expect(() => toGreenButton(reactive, INIT)).toThrow(InvalidArgumentError)
    expect(() => toGreenButton(measuredSlots([span('2013-06-01T00:00Z', [undefined])]), INIT)).toThrow(InvalidArgumentError)
  })

  describe('as a document', () => {
    const elements = elementsOf(xml)
    const named = (name: string): Element[] => elements.filter(element => element.name === name)

    it('is a feed of Atom: ids and titles once each, dates, an author, no id twice', () => {
      for (const name of ['feed', 'entry']) {
        for (const { uri, children } of named(name)) {
          expect(uri).toBe('http://www.w3.org/2005/Atom')
          for (const once of ['id', 'title', 'updated']) expect(children.filter(child => child === once)).toHaveLength(1)
        }
      }
      expect(named('feed')[0]?.children).toContain('author')
      const ids = named('id').map(({ text }) => text)
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      for (const { text } of [...named('updated'), ...named('published')]) expect(new Date(text).toISOString()).toBe(text)
      for (const { attributes, children } of named('content')) {
        expect(attributes).toEqual({ type: 'application/xml' })
        expect(children).toHaveLength(1)
      }
    })

    it('links what belongs together by addresses that are in the feed', () => {
      const selves = new Set(named('link').flatMap(({ attributes }) => (attributes.rel === 'self' ? [attributes.href] : [])))
      const related = named('link').flatMap(({ attributes }) => (attributes.rel === 'related' ? [attributes.href ?? ''] : []))
      expect(related.length).toBeGreaterThan(0)
      // A collection, such as all interval blocks of a reading, is linked without being an entry.
      for (const href of related) expect([...selves].some(self => self === href || self?.startsWith(`${href}/`))).toBe(true)
    })

    it('has elements of ESPI in the order of its schema, none that it has not, and values in range', () => {
      const espi = elements.filter(({ uri }) => uri === 'http://naesb.org/espi')
      expect(espi.length).toBeGreaterThan(0)
      for (const { name, children, text } of espi) {
        const sequence = SEQUENCES[name]
        if (!sequence) {
          expect(VALUES[name], name).toBeDefined()
          expect(text).toMatch(VALUES[name] as RegExp)
          expect(children).toEqual([])
        } else {
          const places = children.map(child => sequence.indexOf(child))
          expect(
            places.every(place => place >= 0),
            `${name}: ${children}`
          ).toBe(true)
          expect(places).toEqual(places.toSorted((a, b) => a - b))
        }
      }
      for (const { text } of named('value')) expect(BigInt(text) < 2n ** 47n).toBe(true)
      expect(named('LocalTimeParameters')).toHaveLength(1)
      expect(named('dstStartRule')[0]?.text).toBe('3E0E1000')
    })
  })
})

/** The sequences of the ESPI schema (NAESB REQ.21, espi.xsd) as far as elements of them are used. */
const SEQUENCES: Readonly<Record<string, readonly string[]>> = {
  UsagePoint: ['roleFlags', 'ServiceCategory', 'status'],
  ServiceCategory: ['kind'],
  LocalTimeParameters: ['dstEndRule', 'dstOffset', 'dstStartRule', 'tzOffset'],
  MeterReading: [],
  ReadingType: [
    'accumulationBehaviour',
    'commodity',
    'consumptionTier',
    'currency',
    'dataQualifier',
    'defaultQuality',
    'flowDirection',
    'intervalLength',
    'kind',
    'phase',
    'powerOfTenMultiplier',
    'timeAttribute',
    'tou',
    'uom',
    'cpp'
  ],
  IntervalBlock: ['interval', 'IntervalReading'],
  IntervalReading: ['cost', 'ReadingQuality', 'timePeriod', 'value', 'consumptionTier', 'tou', 'cpp'],
  interval: ['duration', 'start'],
  timePeriod: ['duration', 'start']
}

const NUMBER = /^-?\d+$/
const VALUES: Readonly<Record<string, RegExp>> = {
  kind: /^(0|12)$/,
  dstEndRule: /^[0-9A-F]{8}$/,
  dstOffset: NUMBER,
  dstStartRule: /^[0-9A-F]{8}$/,
  tzOffset: NUMBER,
  accumulationBehaviour: /^4$/,
  commodity: /^1$/,
  dataQualifier: /^12$/,
  flowDirection: /^(1|19)$/,
  intervalLength: NUMBER,
  powerOfTenMultiplier: /^0$/,
  timeAttribute: /^0$/,
  uom: /^72$/,
  duration: /^\d+$/,
  start: /^\d+$/,
  value: /^\d+$/
}

interface Element {
  readonly name: string
  readonly uri: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: string[]
  text: string
}

/** All elements of a document; throws where it is not well-formed. */
function elementsOf(xml: string): Element[] {
  const parser = new SaxesParser({ xmlns: true })
  const all: Element[] = []
  const open: Element[] = []
  parser.on('error', error => {
    throw error
  })
  parser.on('opentag', (tag: SaxesTagNS) => {
    const attributes = Object.values(tag.attributes).filter(({ uri }) => uri === '')
    const element: Element = {
      name: tag.local,
      uri: tag.uri,
      attributes: Object.fromEntries(attributes.map(({ local, value }) => [local, value])),
      children: [],
      text: ''
    }
    open.at(-1)?.children.push(tag.local)
    open.push(element)
    all.push(element)
  })
  parser.on('text', text => {
    const element = open.at(-1)
    if (element) element.text += text
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(xml).close()
  return all
}
