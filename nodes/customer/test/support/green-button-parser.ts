// The City of Sault Ste. Marie's parser, of which these are the parts that tests use. It is imported under a name that the
// compiler does not follow: the package comes with its sources, which our stricter settings would refuse.

/** An Atom entry with what ESPI element it holds. */
interface GreenButtonEntry<Name extends string, Content> {
  readonly title: string
  readonly content: Readonly<Record<Name, Content>>
}

interface Period {
  readonly start: number
  readonly duration: number
}

interface IntervalBlock {
  readonly interval: Period
  readonly IntervalReading: readonly { readonly timePeriod: Period; readonly value: number }[]
}

interface ReadingType {
  readonly uom_value: string
  readonly flowDirection_value: string
  readonly accumulationBehaviour_value: string
}

interface UsagePoint {
  readonly ServiceCategory: { readonly kind_value: string }
}

type Feed = Readonly<Record<'entries', readonly unknown[]>>
type BlockEntry = GreenButtonEntry<'IntervalBlock', readonly IntervalBlock[]>

interface Parser {
  atomToGreenButtonJson(xml: string): Promise<Feed>
}

interface Helpers {
  getEntriesByContentType(feed: Feed, type: 'UsagePoint'): GreenButtonEntry<'UsagePoint', UsagePoint>[]
  getEntriesByContentType(feed: Feed, type: 'IntervalBlock'): BlockEntry[]
  getEntriesByContentType(feed: Feed, type: 'MeterReading'): GreenButtonEntry<'MeterReading', unknown>[]
  getReadingTypeEntryFromIntervalBlockEntry(feed: Feed, block: BlockEntry): GreenButtonEntry<'ReadingType', ReadingType> | undefined
  getUsagePointEntryFromIntervalBlockEntry(feed: Feed, block: BlockEntry): GreenButtonEntry<'UsagePoint', UsagePoint> | undefined
}

const PACKAGE: string = '@cityssm/green-button-parser'

export const { atomToGreenButtonJson } = (await import(PACKAGE)) as Parser
export const { getEntriesByContentType, getReadingTypeEntryFromIntervalBlockEntry, getUsagePointEntryFromIntervalBlockEntry } =
  (await import(`${PACKAGE}/helpers.js`)) as Helpers
