// Writes readings as Green Button data, which other programs read.
import {
  counted,
  InvalidArgumentError,
  type MeterId,
  QUANTITIES,
  type Quantity,
  quantityOf,
  sha256,
  toHex,
  utf8
} from '@hushgrid/primitives'
import type { MeasuredSlot, MeasuredSlots } from '../device/reading-span.ts'
import { timeConfiguration } from './daylight-saving.ts'

/** Facts of a file beside the readings: their meter, and the time of writing. */
export interface GreenButtonInit {
  readonly meterId: MeterId
  /** IANA time zone of the meter. */
  readonly zone: string
  /** Unix milliseconds; `updated` of all entries. */
  readonly now: number
}

const ESPI = 'xmlns="http://naesb.org/espi"'
const ROOT = '/espi/1_1/resource/RetailCustomer/1/UsagePoint'
const USAGE_POINT = `${ROOT}/1`
const TIME_PARAMETERS = '/espi/1_1/resource/LocalTimeParameters/1'

interface Entry {
  readonly self: string
  readonly up?: string
  readonly related?: readonly string[]
  readonly title: string
  /** Content of the entry, one element of ESPI. */
  readonly content: string
}

/**
 * Writes readings as Green Button data to download: NAESB REQ.21 (ESPI 1.1), an Atom feed (RFC 4287) of one UsagePoint with
 * its LocalTimeParameters, and for each lane a MeterReading, its ReadingType and an IntervalBlock for each run of slots
 * without a gap. Times are Unix seconds. Leaves gaps out and counts the missing slots in the titles.
 *
 * @throws InvalidArgumentError for a lane that the table of quantities does not have, or readings without a slot
 * @throws TimeZoneError
 */
export function toGreenButton(measured: MeasuredSlots, { meterId, zone, now }: GreenButtonInit): string {
  const { slotSeconds, lanes, slots, missing } = measured
  const [first] = slots
  const last = slots.at(-1)
  if (!first || !last) throw new InvalidArgumentError('readings', 'those of at least one slot', 'gaps only')
  const [from, until] = [first.slot * slotSeconds, (last.slot + 1) * slotSeconds]
  const gaps = missing === 0 ? 'no slot missing' : `${counted(missing, 'slot')} missing and left out`
  const { tzOffset, dstOffset, dstStartRule, dstEndRule } = timeConfiguration(zone, from, until)
  const readings = lanes.map((_, i) => `${USAGE_POINT}/MeterReading/${i + 1}`)
  const entries: Entry[] = [
    {
      self: USAGE_POINT,
      up: ROOT,
      related: [TIME_PARAMETERS, `${USAGE_POINT}/MeterReading`],
      title: `Meter ${meterId}`,
      content: `<UsagePoint ${ESPI}><ServiceCategory><kind>0</kind></ServiceCategory></UsagePoint>`
    },
    {
      self: TIME_PARAMETERS,
      up: '/espi/1_1/resource/LocalTimeParameters',
      title: zone,
      content: `<LocalTimeParameters ${ESPI}>${element({ dstEndRule, dstOffset, dstStartRule, tzOffset })}</LocalTimeParameters>`
    }
  ]
  for (const [i, lane] of lanes.entries()) {
    const quantity = quantityOf(lane)
    const known = QUANTITIES.map(({ obis }) => obis).join(' or ')
    if (!quantity) throw new InvalidArgumentError('lane', `${known}, whose direction ESPI has a code for`, lane)
    entries.push(...laneEntries({ place: i, self: readings[i] as string, quantity, gaps }, measured))
  }
  return feed(entries, meterId, new Date(now).toISOString())
}

/** A lane as a MeterReading. */
interface LaneReading {
  /** Place among the lanes, from 0. */
  readonly place: number
  readonly self: string
  readonly quantity: Quantity
  /** Number of missing slots, in words. */
  readonly gaps: string
}

function laneEntries({ place, self, quantity, gaps }: LaneReading, { slotSeconds, slots }: MeasuredSlots): Entry[] {
  const { title, unit, espi } = quantity
  const type = `/espi/1_1/resource/ReadingType/${place + 1}`
  const blocks = `${self}/IntervalBlock`
  // Keeps the order of the schema: accumulation 4 is deltas, commodity 1 electricity, qualifier 12 normal.
  const reading = {
    accumulationBehaviour: 4,
    commodity: 1,
    dataQualifier: 12,
    flowDirection: espi.flowDirection,
    intervalLength: slotSeconds,
    kind: espi.kind,
    powerOfTenMultiplier: 0,
    timeAttribute: 0,
    uom: espi.uom
  }
  return [
    {
      self,
      up: `${USAGE_POINT}/MeterReading`,
      related: [blocks, type],
      title: `${title}, ${gaps}`,
      content: `<MeterReading ${ESPI}/>`
    },
    {
      self: type,
      up: '/espi/1_1/resource/ReadingType',
      title: `${title}, ${unit}`,
      content: `<ReadingType ${ESPI}>${element(reading)}</ReadingType>`
    },
    ...runs(slots).map((run, i) => ({
      self: `${blocks}/${i + 1}`,
      up: blocks,
      title: `${title}, ${counted(run.length, 'slot')}`,
      content: intervalBlock(run, place, slotSeconds)
    }))
  ]
}

/** Splits slots into runs without a gap. */
function runs(slots: readonly MeasuredSlot[]): MeasuredSlot[][] {
  const all: MeasuredSlot[][] = []
  for (const each of slots) {
    const run = all.at(-1)
    if (run && (run.at(-1)?.slot ?? 0) + 1 === each.slot) run.push(each)
    else all.push([each])
  }
  return all
}

function intervalBlock(run: readonly MeasuredSlot[], lane: number, slotSeconds: number): string {
  const period = (name: string, slot: number, slots: number): string =>
    `<${name}>${element({ duration: slots * slotSeconds, start: slot * slotSeconds })}</${name}>`
  const readings = run.map(
    ({ slot, values }) => `<IntervalReading>${period('timePeriod', slot, 1)}<value>${values[lane]}</value></IntervalReading>`
  )
  return `<IntervalBlock ${ESPI}>${period('interval', run[0]?.slot ?? 0, run.length)}\n${readings.join('\n')}\n</IntervalBlock>`
}

function feed(entries: readonly Entry[], meterId: MeterId, updated: string): string {
  const head = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<id>${urn(meterId, 'feed')}</id>`,
    '<title type="text">Green Button usage feed</title>',
    `<updated>${updated}</updated>`,
    '<author><name>Hushgrid</name></author>',
    `<link rel="self" href="${USAGE_POINT}"/>`
  ]
  const body = entries.map(({ self, up, related = [], title, content }) =>
    [
      '<entry>',
      `<id>${urn(meterId, self)}</id>`,
      `<link rel="self" href="${self}"/>`,
      ...(up === undefined ? [] : [`<link rel="up" href="${up}"/>`]),
      ...related.map(href => `<link rel="related" href="${href}"/>`),
      `<title type="text">${escaped(title)}</title>`,
      `<content type="application/xml">${content}</content>`,
      `<published>${updated}</published>`,
      `<updated>${updated}</updated>`,
      '</entry>'
    ].join('\n')
  )
  return [...head, ...body, '</feed>', ''].join('\n')
}

function element(children: Readonly<Record<string, string | number>>): string {
  return Object.entries(children)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Makes a UUID (RFC 9562 section 5.8) from the meter, so that it is the same at every export. */
function urn(meterId: MeterId, what: string): string {
  const bytes = sha256(utf8(`hushgrid/v1/customer/green-button ${meterId} ${what}`)).subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return `urn:uuid:${toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
}
