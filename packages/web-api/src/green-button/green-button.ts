// Writes readings as Green Button data, which other programs read: the same bytes from the customer's own program and from
// the page. What differs between the two, the hash and local time, comes in.
import { QUANTITIES, type Quantity } from '../quantities.ts'
import { type LocalTimeOf, timeConfiguration } from './daylight-saving.ts'

/** Readings of one meter in order of time, gaps left out. */
export interface GreenButtonReadings {
  readonly slotSeconds: number
  /** OBIS codes. */
  readonly lanes: readonly string[]
  readonly slots: readonly GreenButtonSlot[]
  /** Number of slots without a reading, from the first to the last. */
  readonly missing: number
}

export interface GreenButtonSlot {
  /** Number of the slot, floor(unixSeconds / slotSeconds). */
  readonly slot: number
  /** Readings of the slot, one a lane. */
  readonly values: readonly bigint[]
}

/** Facts of a file beside the readings. */
export interface GreenButtonInit {
  readonly meterId: string
  /** IANA time zone of the meter. */
  readonly zone: string
  readonly local: LocalTimeOf
  /** Time of writing, ISO 8601; `updated` of all entries. */
  readonly updated: string
  /** Hashes UTF-8 text with SHA-256. */
  readonly sha256: (text: string) => Uint8Array
}

/** Reports readings that Green Button data cannot hold; the message is "expected X, got Y". */
export class GreenButtonError extends Error {
  override name = 'GreenButtonError'
  readonly what: 'readings' | 'lane' | 'time zone'
  readonly expected: string
  readonly got: string

  constructor(what: GreenButtonError['what'], expected: string, got: string) {
    super(`${what}: expected ${expected}, got ${got}`)
    this.what = what
    this.expected = expected
    this.got = got
  }
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
 * @throws GreenButtonError for a lane that the table of quantities does not have, readings without a slot, and a clock that
 * follows no one rule
 */
export function greenButton(measured: GreenButtonReadings, init: GreenButtonInit): string {
  const { meterId, zone } = init
  const { slotSeconds, lanes, slots, missing } = measured
  const [first] = slots
  const last = slots.at(-1)
  if (!first || !last) throw new GreenButtonError('readings', 'those of at least one slot', 'gaps only')
  const [from, until] = [first.slot * slotSeconds, (last.slot + 1) * slotSeconds]
  const gaps = missing === 0 ? 'no slot missing' : `${slotsText(missing)} missing and left out`
  const time = timeConfiguration(init.local, from, until)
  if ('firstYear' in time) throw noOneRule(zone, time)
  const { tzOffset, dstOffset, dstStartRule, dstEndRule } = time
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
    const quantity = QUANTITIES.find(({ obis }) => obis === lane)
    const known = QUANTITIES.map(({ obis }) => obis).join(' or ')
    if (!quantity) throw new GreenButtonError('lane', `${known}, whose direction ESPI has a code for`, lane)
    entries.push(...laneEntries({ place: i, self: readings[i] as string, quantity, gaps }, measured))
  }
  return feed(entries, init)
}

function noOneRule(zone: string, { firstYear, lastYear }: { readonly firstYear: number; readonly lastYear: number }): GreenButtonError {
  const expected = `a clock that is changed by one rule from ${firstYear} to ${lastYear}`
  return new GreenButtonError('time zone', expected, `${zone}, which follows another; export the years separately`)
}

function slotsText(count: number): string {
  return count === 1 ? '1 slot' : `${count} slots`
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

function laneEntries({ place, self, quantity, gaps }: LaneReading, { slotSeconds, slots }: GreenButtonReadings): Entry[] {
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
      title: `${title}, ${slotsText(run.length)}`,
      content: intervalBlock(run, place, slotSeconds)
    }))
  ]
}

/** Splits slots into runs without a gap. */
function runs(slots: readonly GreenButtonSlot[]): GreenButtonSlot[][] {
  const all: GreenButtonSlot[][] = []
  for (const each of slots) {
    const run = all.at(-1)
    if (run && (run.at(-1)?.slot ?? 0) + 1 === each.slot) run.push(each)
    else all.push([each])
  }
  return all
}

function intervalBlock(run: readonly GreenButtonSlot[], lane: number, slotSeconds: number): string {
  const period = (name: string, slot: number, slots: number): string =>
    `<${name}>${element({ duration: slots * slotSeconds, start: slot * slotSeconds })}</${name}>`
  const readings = run.map(
    ({ slot, values }) => `<IntervalReading>${period('timePeriod', slot, 1)}<value>${values[lane]}</value></IntervalReading>`
  )
  return `<IntervalBlock ${ESPI}>${period('interval', run[0]?.slot ?? 0, run.length)}\n${readings.join('\n')}\n</IntervalBlock>`
}

function feed(entries: readonly Entry[], { meterId, updated, sha256 }: GreenButtonInit): string {
  const head = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<id>${urn(meterId, 'feed', sha256)}</id>`,
    '<title type="text">Green Button usage feed</title>',
    `<updated>${updated}</updated>`,
    '<author><name>Hushgrid</name></author>',
    `<link rel="self" href="${USAGE_POINT}"/>`
  ]
  const body = entries.map(({ self, up, related = [], title, content }) =>
    [
      '<entry>',
      `<id>${urn(meterId, self, sha256)}</id>`,
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
function urn(meterId: string, what: string, sha256: GreenButtonInit['sha256']): string {
  const bytes = sha256(`hushgrid/v1/customer/green-button ${meterId} ${what}`).slice(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  return `urn:uuid:${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
}
